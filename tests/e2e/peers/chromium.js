// chromium.js: the web builds of pusher-js in a browser against `chargetop serve`: another WebSocket, and requests for
// authorization that cross origins.
'use strict'
const { browser } = require('./browser')
const { test, run, serve, door, sdk, backend, optionsFor } = require('./harness')

const app = { id: 'demo', key: 'demo-key', secret: 'demo-secret' }
let server, pusher, back, gate, chromium, plain, encryption

/** Makes a client in the page under this name. */
const client = (page, name, user, more) => page.run((n, key, options) => { window[n] = listen(Pusher, key, options) }, name, app.key,
  optionsFor(gate.port, back.url, user, more))

async function setUp () {
  ;[server, chromium, gate] = await Promise.all([serve(), browser(), door()])
  gate.to = server.port
  pusher = sdk(server.port, app)
  back = await backend(pusher)
  ;[plain, encryption] = await Promise.all([chromium.page('plain'), chromium.page('encryption')])
  await client(plain, 'a', 'ann')
  await client(plain, 'b', 'bo')
  await client(encryption, 'e', 'eve')
}

test('the web build connects from a page', async () => {
  const id = await plain.run(async () => { await a.state('connected'); return a.sockets[0] })
  if (!/^\d+\.\d+$/.test(id)) throw new Error(`socket id ${id}`)
})

test('a public channel is heard in the page', async () => {
  await plain.run(() => a.join('news').then(() => true))
  await pusher.trigger('news', 'headline', { text: 'Zoë 日本' })
  await plain.run(() => a.heard('news', 'headline', { text: 'Zoë 日本' }))
})

test('a private channel is authorized across origins', async () => {
  await plain.run(() => a.join('private-room').then(() => true))
  if (!back.requests.some((r) => r.channel === 'private-room')) throw new Error('nobody asked')
  await pusher.trigger('private-room', 'said', { n: 1 })
  await plain.run(() => a.heard('private-room', 'said', { n: 1 }))
})

test('presence members come and go in the page', async () => {
  await plain.run(() => a.join('presence-who').then(() => true))
  await plain.run(() => b.join('presence-who').then(() => true))
  await encryption.run(() => e.join('presence-who').then(() => true))
  const seen = await plain.run(async () => {
    await a.heard('presence-who', 'pusher:member_added', undefined, 2)
    return { ids: a.members('presence-who'), me: a.pusher.channel('presence-who').members.me }
  })
  if (`${seen.ids}` !== 'ann,bo,eve' || seen.me.info.name !== 'User ann') throw new Error(JSON.stringify(seen))
  await plain.run(() => b.pusher.unsubscribe('presence-who'))
  const gone = await plain.run(() => a.heard('presence-who', 'pusher:member_removed'))
  if (gone.data.id !== 'bo') throw new Error(JSON.stringify(gone))
})

test('client events cross from page to page', async () => {
  await plain.run(() => a.join('private-talk').then(() => true))
  await encryption.run(() => e.join('private-talk').then(() => true))
  await plain.run(() => a.pusher.channel('private-talk').trigger('client-hello', { from: 'a' }))
  await encryption.run(() => e.heard('private-talk', 'client-hello', { from: 'a' }))
  await encryption.run(() => e.pusher.channel('private-talk').trigger('client-hello', { from: 'e' }))
  await plain.run(() => a.heard('private-talk', 'client-hello', { from: 'e' }))
})

test('pusher-js with encryption decrypts in the page', async () => {
  await encryption.run(() => e.join('private-encrypted-vault').then(() => true))
  await pusher.trigger('private-encrypted-vault', 'secret', { code: 42 })
  await encryption.run(() => e.heard('private-encrypted-vault', 'secret', { code: 42 }))
})

test('a refused channel tells the page its status', async () => {
  back.refuse['private-closed'] = 403
  const e = await plain.run(() => { a.watch(a.pusher.subscribe('private-closed'), 'closed'); return a.heard('closed', 'pusher:subscription_error') })
  if (e.data.status !== 403) throw new Error(JSON.stringify(e))
})

test('an unknown key ends with 4001 in the page', async () => {
  await plain.run((options) => { window.w = listen(Pusher, 'no-such-key', options) }, optionsFor(gate.port, back.url))
  await plain.run(async () => { await w.error(4001); await w.state('disconnected') })
})

test('after a restart of the server the page has everything again', async () => {
  gate.to = 0
  await server.stop('SIGTERM')
  await plain.run(() => a.error(4200))
  server = await serve()
  pusher = sdk(server.port, app)
  gate.to = server.port
  await plain.run(() => a.heard('private-room', 'pusher:subscription_succeeded', undefined, 2))
  await plain.run(() => a.heard('presence-who', 'pusher:subscription_succeeded', undefined, 2))
  await encryption.run(() => e.heard('private-encrypted-vault', 'pusher:subscription_succeeded', undefined, 2))
  await Promise.all([pusher.trigger('private-room', 'again', {}), pusher.trigger('private-encrypted-vault', 'again', { code: 43 })])
  await plain.run(() => a.heard('private-room', 'again'))
  await encryption.run(() => e.heard('private-encrypted-vault', 'again', { code: 43 }))
})

run(setUp, () => Promise.all([chromium.stop(), server.stop()]))
