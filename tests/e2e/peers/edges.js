// edges.js: pusher-js and the server SDK against a server with TLS, a path, and several applications.
'use strict'
const fs = require('fs')
const path = require('path')
const PusherJs = require('pusher-js')
const WebSocket = require('ws')
const { listen } = require('./listener')
const { test, run, until, work, serve, sdk, backend, optionsFor } = require('./harness')

const one = { id: 'one', key: 'key-one', secret: 'secret-one' }
const two = { id: 'two', key: 'key-two', secret: 'secret-two' }
const file = (name) => path.join(work, name)
let plain, tls, back
const all = []

const client = (server, app, more) => {
  const l = listen(PusherJs, app.key, optionsFor(server.port, back.url, 'ann', Object.assign({ wsPath: '/ws', wssPort: server.port }, more)))
  all.push(l)
  return l
}
const leave = (...clients) => clients.forEach((c) => c.pusher.disconnect())

async function setUp () {
  fs.writeFileSync(file('serve.conf'), `[serve]
token = some-token
[app one]
key = key-one
secret = secret-one
client_events = yes
[app two]
key = key-two
secret = secret-two
client_events = no
[app small]
key = key-small
secret = secret-small
connections_max = 1
[app counted]
key = key-counted
secret = secret-counted
subscription_count = yes
[app safe]
key = key-safe
secret = secret-safe
tls_only = yes
[app off]
key = key-off
secret = secret-off
disabled = yes
`)
  const args = ['--config', file('serve.conf'), '--path', '/ws', '--activity-timeout', '1s', '--pong-timeout', '1s', '--send-queue', '256']
  ;[plain, tls] = await Promise.all([serve(args), serve([...args, '--tls-cert', path.join(process.env.CERTIFICATES, 'cert.pem'), '--tls-key', path.join(process.env.CERTIFICATES, 'key.pem')])])
  back = await backend(sdk(plain.port, one))
}

// The SDK has no setting for a path: it goes behind the port. What is signed is the path below it.
const publisher = (server, app, more) => sdk(`${server.port}/ws`, app, more)

test('a path stands before /app and before /apps', async () => {
  const a = client(plain, one)
  await a.join('private-room')
  await publisher(plain, one).trigger('private-room', 'x', { n: 1 })
  await a.heard('private-room', 'x', { n: 1 })
  const without = await sdk(plain.port, one).trigger('private-room', 'x', { n: 2 }).then((r) => r, (e) => e)
  if (without.status !== 404) throw new Error(`published without the path: ${without.status}`)
  const b = client(plain, one, { wsPath: '/other' })
  await b.until(() => b.errors.length, () => 'an error')
  if (b.sockets.length) throw new Error('connected below another path')
  leave(a, b)
})

test('pusher-js connects with wss and the SDK publishes with https, the certificate verified', async () => {
  const a = client(tls, one, { forceTLS: true })
  await a.join('private-room')
  await publisher(tls, one, { useTLS: true }).trigger('private-room', 'x', { n: 1 })
  await a.heard('private-room', 'x', { n: 1 })
  leave(a)
})

test('applications do not hear each other', async () => {
  const a = client(plain, one)
  const b = client(plain, two)
  await Promise.all([a.join('news'), b.join('news')])
  await publisher(plain, one).trigger('news', 'for-one', {})
  await publisher(plain, two).trigger('news', 'for-two', {})
  await Promise.all([a.heard('news', 'for-one'), b.heard('news', 'for-two')])
  if (a.of('news', 'for-two').length || b.of('news', 'for-one').length) throw new Error('they hear each other')
  const list = await (await publisher(plain, two).get({ path: '/channels' })).json()
  if (JSON.stringify(list) !== '{"channels":{"news":{}}}') throw new Error(JSON.stringify(list))
  leave(a, b)
})

test('one application cannot sign for the other', async () => {
  const wrong = await publisher(plain, { ...two, secret: one.secret }).trigger('news', 'x', {}).then((r) => r, (e) => e)
  const foreign = await publisher(plain, { ...two, key: one.key, secret: one.secret }).trigger('news', 'x', {}).then((r) => r, (e) => e)
  if (wrong.status !== 401 || foreign.status !== 401) throw new Error(`${wrong.status} ${foreign.status}`)
})

test('an application without client events refuses them with 4301', async () => {
  const signer = sdk(plain.port, two)
  const b = client(plain, two, { channelAuthorization: { customHandler: ({ socketId, channelName }, done) => done(null, signer.authorizeChannel(socketId, channelName)) } })
  await b.join('private-quiet')
  b.pusher.channel('private-quiet').trigger('client-hello', {})
  await b.error(4301)
  leave(b)
})

test('a connection above the quota is refused with 4004 and not tried again', async () => {
  const small = { key: 'key-small' }
  const a = client(plain, small)
  await a.state('connected')
  const b = client(plain, small)
  await b.error(4004)
  await b.state('disconnected')
  leave(a)
  await a.state('disconnected')
  const c = client(plain, small)
  await c.state('connected')
  leave(c)
})

test('a disabled application is refused with 4003, and its backend with 403', async () => {
  const a = client(plain, { key: 'key-off' })
  await a.error(4003)
  await a.state('disconnected')
  const r = await publisher(plain, { id: 'off', key: 'key-off', secret: 'secret-off' }).trigger('news', 'x', {}).then((x) => x, (e) => e)
  if (r.status !== 403) throw new Error(`status ${r.status}`)
})

test('a quiet pusher-js answers the probes and stays, a silent socket is closed with 4201', async () => {
  const a = client(plain, one)
  await a.join('news')
  const silent = new WebSocket(`ws://127.0.0.1:${plain.port}/ws/app/${one.key}?protocol=7&client=x&version=1.0`, { autoPong: false })
  const heard = []
  silent.on('message', (m) => heard.push(JSON.parse(m)))
  const code = await new Promise((resolve) => silent.on('close', resolve))
  if (code !== 4201) throw new Error(`closed with ${code}`)
  for (const event of ['pusher:ping', 'pusher:error']) {
    if (!heard.some((f) => f.event === event)) throw new Error(`no ${event}`)
  }
  await publisher(plain, one).trigger('news', 'still-here', {})
  await a.heard('news', 'still-here')
  if (a.sockets.length !== 1) throw new Error('it reconnected')
  leave(a)
})

test('subscription_count tells how many listen, but not on presence channels', async () => {
  const counted = { id: 'counted', key: 'key-counted', secret: 'secret-counted' }
  const signer = sdk(plain.port, counted)
  const signed = { channelAuthorization: { customHandler: ({ socketId, channelName }, done) => done(null, signer.authorizeChannel(socketId, channelName, { user_id: socketId })) } }
  const a = client(plain, counted, signed)
  await a.join('news')
  await a.join('presence-who')
  const b = client(plain, counted, signed)
  await b.join('news')
  await a.heard('news', 'pusher:subscription_count', { subscription_count: 2 })
  if (a.pusher.channel('news').subscriptionCount !== 2) throw new Error(`pusher-js counts ${a.pusher.channel('news').subscriptionCount}`)
  leave(b)
  await a.until(() => a.pusher.channel('news').subscriptionCount === 1, () => 'one again')
  if (a.of('presence-who', 'pusher:subscription_count').length) throw new Error('counted on a presence channel')
  leave(a)
})

test('an application for TLS alone sends pusher-js there with 4000', async () => {
  const safe = { id: 'safe', key: 'key-safe', secret: 'secret-safe' }
  const a = client(plain, safe, { wssPort: tls.port, enabledTransports: ['ws', 'wss'] })
  await a.state('connected')
  if (!a.errors.some((e) => e.code === 4000)) throw new Error(a.story())
  await a.join('news')
  await publisher(tls, safe, { useTLS: true }).trigger('news', 'x', {})
  await a.heard('news', 'x')
  leave(a)
})

test('a path that is no application is refused with 4005', async () => {
  const code = await new Promise((resolve, reject) => {
    new WebSocket(`ws://127.0.0.1:${plain.port}/ws/nonsense?protocol=7`).on('close', resolve).on('error', reject)
  })
  if (code !== 4005) throw new Error(`closed with ${code}`)
})

test('a client that does not read is dropped, the others hear everything', async () => {
  const a = client(plain, one)
  await a.join('flood')
  const slow = new WebSocket(`ws://127.0.0.1:${plain.port}/ws/app/${one.key}?protocol=7&client=x&version=1.0`)
  const closed = new Promise((resolve) => slow.on('close', resolve))
  await new Promise((resolve) => slow.once('message', resolve))
  slow.send('{"event":"pusher:subscribe","data":{"channel":"flood"}}')
  await new Promise((resolve) => slow.once('message', resolve))
  slow.pause()
  const pusher = publisher(plain, one)
  const count = async () => (await (await pusher.get({ path: '/channels/flood', params: { info: 'subscription_count' } })).json()).subscription_count
  let sent = 0
  while (await count() === 2) {
    if (sent > 4000) throw new Error('it is never dropped')
    for (let k = 0; k < 10; k++) await pusher.triggerBatch(Array.from({ length: 10 }, () => ({ channel: 'flood', name: 'n', data: { i: sent++, fill: 'x'.repeat(9000) } })))
  }
  await a.heard('flood', 'n', undefined, sent)
  if (a.of('flood', 'n').some((x, i) => x.data.i !== i) || a.sockets.length !== 1) throw new Error('something is missing')
  slow.resume()
  const code = await closed
  if (code !== 4100 && code !== 1006) throw new Error(`closed with ${code}`)
  leave(a)
})

test('messages in fragments, pings with a payload and unreadable ones are survived', async () => {
  const ws = new WebSocket(`ws://127.0.0.1:${plain.port}/ws/app/${one.key}?protocol=7&client=x&version=1.0`)
  const heard = []
  let pong
  ws.on('message', (m) => heard.push(JSON.parse(m)))
  ws.on('pong', (data) => { pong = String(data) })
  const event = (name) => until(() => heard.find((f) => f.event === name), () => `${name} among ${JSON.stringify(heard)}`)
  await event('pusher:connection_established')
  ws.send('{"event":"pusher:subscr', { fin: false })
  ws.ping('between')
  ws.send('ibe","data":{"chan', { fin: false })
  ws.send('nel":"pieces"}}', { fin: true })
  await event('pusher_internal:subscription_succeeded')
  await until(() => pong === 'between', 'the pong with its payload')
  for (const text of ['no JSON', '[]', '{}', '{"event":7}', '{"event":"pusher:subscribe"}', '{"event":"pusher:subscribe","data":7}', '{"event":"pusher:nonsense","data":{}}', '"text"']) ws.send(text)
  await until(() => heard.filter((f) => f.event === 'pusher:error').length >= 5, () => JSON.stringify(heard))
  await publisher(plain, one).trigger('pieces', 'still', {})
  await event('still')
  ws.close()
})

run(setUp, () => { leave(...all); return Promise.all([plain.stop(), tls.stop()]) })
