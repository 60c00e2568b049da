// edges.js: pusher-js and the server SDK against a server with TLS, a path, and several applications.
'use strict'
const fs = require('fs')
const path = require('path')
const PusherJs = require('pusher-js')
const { listen } = require('./listener')
const { test, run, work, serve, sdk, backend, optionsFor } = require('./harness')

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
`)
  const args = ['--config', file('serve.conf'), '--path', '/ws']
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

run(setUp, () => { leave(...all); return Promise.all([plain.stop(), tls.stop()]) })
