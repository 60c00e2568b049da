// chromium.js: the web builds of pusher-js in a browser against `chargetop serve`: another WebSocket, and requests for
// authorization that cross origins.
'use strict'
const fs = require('fs')
const path = require('path')
const { browser, pages } = require('./browser')
const { test, run, work, serve, door, masterKey, sdk, backend, optionsFor } = require('./harness')

const app = { id: 'demo', key: 'demo-key', secret: 'demo-secret' }
let server, pusher, back, gate, chromium, plain, encryption, stranger, args

/** Makes a client in the page under this name. */
const client = (page, name, user, more) => page.run((n, key, options) => { window[n] = listen(Pusher, key, options) }, name, app.key,
  optionsFor(gate.port, back.url, user, more))

async function setUp () {
  const [site, other] = [await pages(), await pages()]
  const [apps, master] = ['apps', 'master'].map((name) => path.join(work, name))
  fs.writeFileSync(master, `${masterKey}\n`, { mode: 0o600 })
  fs.writeFileSync(apps, `[app demo]
key = demo-key
secret = demo-secret
client_events = yes
subscription_count = yes
encryption_master_key_file = ${master}
`, { mode: 0o600 })
  args = ['--apps', apps, '--cors-origin', site]
  ;[server, chromium, gate] = await Promise.all([serve(args), browser(), door()])
  gate.to = server.port
  pusher = sdk(server.port, app)
  back = await backend(pusher)
  ;[plain, encryption, stranger] = await Promise.all([chromium.page(site, 'plain'), chromium.page(site, 'encryption'), chromium.page(other, 'plain')])
  await client(plain, 'a', 'ann')
  await client(plain, 'b', 'bo')
  await client(encryption, 'e', 'eve')
}

test('the web build connects from a page', async () => {
  const id = await plain.run(async () => { await a.state('connected'); return a.sockets[0] })
  if (!/^\d+\.\d+$/.test(id)) throw new Error(`socket id ${id}`)
})

test('a ping of the page is answered with a pong', async () => {
  await client(plain, 'p', 'ann', { activityTimeout: 300, pongTimeout: 5000 })
  await plain.run(() => p.until(() => p.frames.filter((f) => f.event === 'pusher:pong').length >= 2, () => 'two pongs').then(() => p.pusher.disconnect()))
  if (await plain.run(() => p.sockets.length) !== 1) throw new Error('it reconnected')
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

/** pusher-js options that ask our own endpoint, with a header that makes the browser ask for permission first. */
const atOurs = () => ({ channelAuthorization: { endpoint: `http://127.0.0.1:${gate.port}/broadcasting/auth`, transport: 'ajax', headers: { Authorization: 'Bearer demo-token' } } })

test('our own auth endpoint answers a page of an origin that it knows', async () => {
  await client(plain, 'o', 'ann', atOurs())
  await plain.run(() => o.join('private-ours').then(() => true))
  await plain.run(() => o.join('presence-ours').then(() => true))
  const me = await plain.run(() => { const { me } = o.pusher.channel('presence-ours').members; o.pusher.disconnect(); return me })
  if (me.id !== 'user-1') throw new Error(JSON.stringify(me))
})

test('our own auth endpoint gives the page the secret of an encrypted channel', async () => {
  await client(encryption, 'k', 'ann', atOurs())
  await encryption.run(() => k.join('private-encrypted-ours').then(() => true))
  await pusher.trigger('private-encrypted-ours', 'secret', { code: 41 })
  await encryption.run(() => k.heard('private-encrypted-ours', 'secret', { code: 41 }).then(() => k.pusher.disconnect()))
})

test('the page is told how many listen', async () => {
  await plain.run(() => Promise.all([a.join('counted'), b.join('counted')]).then(() => true))
  await plain.run(() => a.heard('counted', 'pusher:subscription_count', { subscription_count: 2 }))
})

test('a page of another origin is not answered', async () => {
  await client(stranger, 's', 'ann', atOurs())
  await stranger.run(() => s.join('news').then(() => true))
  const e = await stranger.run(() => { s.watch(s.pusher.subscribe('private-ours'), 'ours'); return s.heard('ours', 'pusher:subscription_error') })
  if (e.data.status) throw new Error(JSON.stringify(e))
  await stranger.run(() => s.pusher.disconnect())
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

test('a client event on a presence channel names its sender in the page', async () => {
  await encryption.run(() => e.pusher.channel('presence-who').trigger('client-wave', { n: 1 }))
  const from = await plain.run(async () => { await a.heard('presence-who', 'client-wave', { n: 1 }); return a.frames.find((f) => f.event === 'client-wave').user_id })
  if (from !== 'eve') throw new Error(from)
})

test('cache channels give the page their last event, or a miss', async () => {
  for (const name of ['cache-price', 'private-cache-price', 'private-encrypted-cache-price']) {
    await encryption.run((n) => e.join(n).then(() => e.heard(n, 'pusher:cache_miss')), name)
    await pusher.trigger(name, 'price', { eur: 3 })
    await encryption.run((n) => e.heard(n, 'price', { eur: 3 }), name)
    await client(encryption, 'l', 'eve')
    await encryption.run((n) => l.join(n).then(() => l.heard(n, 'price', { eur: 3 })).then(() => l.pusher.disconnect()), name)
  }
})

test('pusher-js with encryption decrypts in the page', async () => {
  await encryption.run(() => e.join('private-encrypted-vault').then(() => true))
  await pusher.trigger('private-encrypted-vault', 'secret', { code: 42 })
  await encryption.run(() => e.heard('private-encrypted-vault', 'secret', { code: 42 }))
})

test('a user signs in from a page, hears events for the user and whom the user watches', async () => {
  back.watch.ann = ['bo']
  await client(plain, 'u', 'ann')
  await plain.run(() => {
    window.asUser = []
    u.pusher.user.bind_global((event, data) => asUser.push(`${event} ${JSON.stringify(data)}`))
    u.pusher.user.watchlist.bind('online', (e) => asUser.push(`online ${e.user_ids}`))
    u.pusher.signin()
    return u.until(() => u.frames.some((f) => f.event === 'pusher_internal:subscription_succeeded' && f.channel === '#server-to-user-ann'), () => 'signed in').then(() => true)
  })
  await plain.run(() => b.pusher.signin())
  await plain.run(() => u.until(() => asUser.includes('online bo'), () => 'bo online').then(() => true))
  await pusher.sendToUser('ann', 'order-ready', { order: 2149 })
  await plain.run(() => u.until(() => asUser.includes('order-ready {"order":2149}'), () => 'an event').then(() => true))
  await pusher.terminateUserConnections('ann')
  await plain.run(async () => { await u.error(4009); await u.state('disconnected') })
})

test('the worker build joins, hears and speaks from a web worker', async () => {
  const own = `
    importScripts(self.name + '/worker.js', self.name + '/listener.js')
    onmessage = async ({ data: { key, options } }) => {
      try {
        const w = listen(Pusher, key, options)
        for (const name of ['private-talk', 'presence-who', 'private-encrypted-vault']) await w.join(name)
        w.pusher.channel('private-talk').trigger('client-hello', { from: 'worker' })
        postMessage(await w.heard('private-encrypted-vault', 'for-worker'))
        w.pusher.disconnect()
      } catch (e) { postMessage({ failed: String(e.stack) }) }
    }`
  await plain.run((source, key, options) => {
    const worker = new Worker(URL.createObjectURL(new Blob([source])), { name: location.origin })
    window.fromWorker = []
    worker.onmessage = (m) => fromWorker.push(m.data)
    worker.onerror = (e) => fromWorker.push({ failed: e.message })
    worker.postMessage({ key, options })
  }, own, app.key, optionsFor(gate.port, back.url, 'wes'))
  await plain.run(() => a.until(() => a.of('private-talk', 'client-hello', { from: 'worker' }).length || fromWorker.length, () => 'a word of the worker').then(() => true))
  await pusher.trigger('private-encrypted-vault', 'for-worker', { code: 44 })
  const said = await plain.run(() => a.until(() => fromWorker[0], () => 'what the worker heard'))
  if (said.failed || said.data.code !== 44) throw new Error(JSON.stringify(said))
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
  server = await serve(args)
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
