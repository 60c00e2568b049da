// auth.js: the authorization endpoints of `chargetop serve`, asked by pusher-js in Node; a file of tokens says who may
// join what.
'use strict'
const fs = require('fs')
const path = require('path')
const PusherJs = require('pusher-js')
const { listen } = require('./listener')
const { test, run, until, work, serve, sdk, masterKey, optionsFor } = require('./harness')

const app = { id: 'one', key: 'key-one', secret: 'secret-one' }
const file = (name) => path.join(work, name)
let server, pusher
const all = []

const tokens = {
  ann: { token: 'token-of-ann', user_id: 'ann', user_info: { name: 'Ann' }, channels: ['private-orders.*', 'presence-*', 'private-encrypted-*', 'private-user.{user_id}'], watchlist: ['bo'] },
  bo: { token: 'token-of-bo', user_id: 'bo', user_info: { name: 'Bo' }, channels: ['*'] }
}
const writeTokens = (...rows) => fs.writeFileSync(file('tokens'), rows.map((r) => `${JSON.stringify(r)}\n`).join(''), { mode: 0o600 })

function client (token) {
  const ask = (where) => ({ endpoint: `http://127.0.0.1:${server.port}${where}`, transport: 'ajax', headers: { Authorization: `Bearer ${token}` } })
  const l = listen(PusherJs, app.key, optionsFor(server.port, '', '', { channelAuthorization: ask('/broadcasting/auth'), userAuthentication: ask('/broadcasting/user-auth') }))
  all.push(l)
  return l
}
async function refused (l, channel, status) {
  l.watch(l.pusher.subscribe(channel), channel)
  const e = await l.heard(channel, 'pusher:subscription_error')
  if (e.data.status !== status) throw new Error(JSON.stringify(e))
}
const leave = (...clients) => clients.forEach((c) => c.pusher.disconnect())

async function setUp () {
  writeTokens(tokens.ann, tokens.bo)
  fs.writeFileSync(file('master'), `${masterKey}\n`, { mode: 0o600 })
  fs.writeFileSync(file('apps'), `[app one]\nkey = key-one\nsecret = secret-one\nclient_events = yes\nencryption_master_key_file = ${file('master')}\n`, { mode: 0o600 })
  server = await serve(['--apps', file('apps'), '--auth-tokens', file('tokens')])
  pusher = sdk(server.port, app)
}

test('a token joins the private channels of its patterns and no others', async () => {
  const a = client('token-of-ann')
  await a.join('private-orders.2149')
  await a.join('private-user.ann')
  await refused(a, 'private-user.bo', 403)
  await refused(a, 'private-other', 403)
  leave(a)
})

test('an unknown token is refused with 401', async () => {
  const a = client('token-of-nobody')
  await refused(a, 'private-orders.2149', 401)
  leave(a)
})

test('a presence channel knows the users of the tokens', async () => {
  const a = client('token-of-ann')
  const b = client('token-of-bo')
  await a.join('presence-desk')
  await b.join('presence-desk')
  const { members } = b.pusher.channel('presence-desk')
  if (members.me.id !== 'bo' || members.count !== 2 || members.get('ann').info.name !== 'Ann') throw new Error(JSON.stringify(members))
  leave(a, b)
})

test('an encrypted channel gets the secret with which the SDK encrypts', async () => {
  const a = client('token-of-ann')
  await a.join('private-encrypted-vault')
  await pusher.trigger('private-encrypted-vault', 'secret', { code: 42 })
  await a.heard('private-encrypted-vault', 'secret', { code: 42 })
  leave(a)
})

test('a file of tokens that changed counts after SIGHUP', async () => {
  const cy = { token: 'token-of-cy', user_id: 'cy', channels: ['*'] }
  const before = client('token-of-cy')
  await refused(before, 'private-orders.1', 401)
  writeTokens(tokens.ann, tokens.bo, cy)
  server.child.kill('SIGHUP')
  const status = async () => (await fetch(`http://127.0.0.1:${server.port}/broadcasting/auth`, {
    method: 'POST', body: new URLSearchParams({ socket_id: '1.1', channel_name: 'private-orders.1' }), headers: { Authorization: 'Bearer token-of-cy' }
  })).status
  await until(async () => await status() === 200, 'the token of cy')
  const a = client('token-of-cy')
  await a.join('private-orders.1')
  leave(before, a)
})

run(setUp, () => { leave(...all); return server.stop() })
