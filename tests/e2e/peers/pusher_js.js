// pusher_js.js: the official client in Node against `chargetop serve`; channels are authorized by what the official
// server SDK signs.
'use strict'
const PusherJs = require('pusher-js')
const WebSocket = require('ws')
const { listen } = require('./listener')
const { test, run, until, serve, door, sdk, backend, optionsFor } = require('./harness')

const app = { id: 'demo', key: 'demo-key', secret: 'demo-secret' }
let server, pusher, back
const all = []

/** A new client; user: whom the back end authorizes it as. */
function client (user, more) {
  const l = listen(PusherJs, app.key, optionsFor(server.port, back.url, user, more))
  all.push(l)
  return l
}
async function joined (name, user, more) {
  const l = client(user, more)
  await l.join(name)
  return l
}
const leave = (...clients) => clients.forEach((c) => c.pusher.disconnect())
const occupied = async (name) => (await (await pusher.get({ path: `/channels/${name}` })).json()).occupied

async function setUp () {
  server = await serve()
  pusher = sdk(server.port, app)
  back = await backend(pusher)
}

// ---- connection -------------------------------------------------------------------------------

test('connects and gets a socket id', async () => {
  const a = client()
  await a.state('connected')
  if (!/^\d+\.\d+$/.test(a.sockets[0])) throw new Error(`socket id ${a.sockets[0]}`)
  leave(a)
  await a.state('disconnected')
})

test('a ping of the client is answered with a pong', async () => {
  const a = client('u-1', { activityTimeout: 300, pongTimeout: 5000 })
  await a.state('connected')
  const pongs = () => a.frames.filter((f) => f.event === 'pusher:pong').length
  await a.until(() => pongs() >= 2, () => 'two pongs')
  if (a.sockets.length !== 1) throw new Error('it reconnected')
  leave(a)
})

test('an unknown key is refused with 4001 and not tried again', async () => {
  const a = listen(PusherJs, 'no-such-key', optionsFor(server.port, back.url))
  await a.error(4001)
  await a.state('disconnected')
})

/** Opens a plain WebSocket at this path and gives {events, code, reason} once it is closed. */
function refusal (path) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://127.0.0.1:${server.port}${path}`)
    const events = []
    ws.on('message', (m) => events.push(JSON.parse(m)))
    ws.on('close', (code, reason) => resolve({ events, code, reason: String(reason) }))
    ws.on('error', reject)
  })
}
async function refusedWith (path, code) {
  const r = await refusal(path)
  const error = r.events.find((e) => e.event === 'pusher:error')
  if (r.code !== code || !error || error.data.code !== code) throw new Error(JSON.stringify(r))
}

test('a protocol version that is too old, too new or missing is refused with 4007 and 4008', async () => {
  await refusedWith(`/app/${app.key}?protocol=3&client=x&version=1.0`, 4007)
  await refusedWith(`/app/${app.key}?protocol=8&client=x&version=1.0`, 4007)
  await refusedWith(`/app/${app.key}?client=x&version=1.0`, 4008)
})

test('a version that is none is refused with 4006', () => refusedWith(`/app/${app.key}?protocol=7&client=x&version=garbage`, 4006))

// ---- public and private channels --------------------------------------------------------------

test('a public channel is joined without authorization', async () => {
  const asked = back.requests.length
  const a = await joined('news')
  await pusher.trigger('news', 'headline', { text: 'first' })
  await a.heard('news', 'headline', { text: 'first' })
  if (back.requests.length !== asked) throw new Error('it asked for authorization')
  leave(a)
})

test('a private channel is joined with what the SDK signed', async () => {
  const a = await joined('private-room')
  await pusher.trigger('private-room', 'said', { n: 1 })
  await a.heard('private-room', 'said', { n: 1 })
  leave(a)
})

test('a refusal of the auth endpoint arrives as subscription_error with its status', async () => {
  back.refuse['private-closed'] = 403
  const a = client()
  a.watch(a.pusher.subscribe('private-closed'), 'private-closed')
  const e = await a.heard('private-closed', 'pusher:subscription_error')
  if (e.data.status !== 403 || e.data.type !== 'AuthError') throw new Error(JSON.stringify(e))
  leave(a)
})

test('a wrong signature is refused by the server', async () => {
  back.spoil['private-forged'] = (a) => ({ auth: a.auth.replace(/.$/, (c) => (c === '0' ? '1' : '0')) })
  const a = client()
  a.watch(a.pusher.subscribe('private-forged'), 'private-forged')
  await a.heard('private-forged', 'pusher:subscription_error')
  if (a.of('private-forged', 'pusher:subscription_succeeded').length) throw new Error('it was let in')
  if (await occupied('private-forged')) throw new Error('the channel is occupied')
  leave(a)
})

test('a signature for another connection is refused', async () => {
  back.spoil['private-other'] = () => pusher.authorizeChannel('1.1', 'private-other')
  const a = client()
  a.watch(a.pusher.subscribe('private-other'), 'private-other')
  await a.heard('private-other', 'pusher:subscription_error')
  leave(a)
})

test('after unsubscribing no event arrives and the channel is vacated', async () => {
  const a = await joined('leaving')
  const b = await joined('leaving')
  await pusher.trigger('leaving', 'before', 1)
  await a.heard('leaving', 'before')
  a.pusher.unsubscribe('leaving')
  await until(async () => (await (await pusher.get({ path: '/channels/leaving', params: { info: 'subscription_count' } })).json()).subscription_count === 1, 'one subscriber')
  await pusher.trigger('leaving', 'after', 2)
  await b.heard('leaving', 'after')
  if (a.frames.some((f) => f.event === 'after')) throw new Error('it still hears')
  b.pusher.unsubscribe('leaving')
  await until(async () => !(await occupied('leaving')), 'vacated')
  leave(a, b)
})

test('a channel that was left is joined again', async () => {
  const a = await joined('private-again')
  a.pusher.unsubscribe('private-again')
  await until(async () => !(await occupied('private-again')), 'vacated')
  await a.join('private-again')
  await pusher.trigger('private-again', 'back', {})
  await a.heard('private-again', 'back')
  leave(a)
})

test('event names with a backslash and data of every JSON type arrive as sent', async () => {
  const a = await joined('types')
  const values = [{ a: [1, { b: null }] }, [1, 2], 'text', 'Zoë 日本 "quoted" \\ \n', 12.5, true, null]
  for (const v of values) await pusher.trigger('types', 'App\\Events\\Thing', v)
  await a.heard('types', 'App\\Events\\Thing', undefined, values.length)
  const got = a.of('types', 'App\\Events\\Thing').map((x) => x.data)
  if (JSON.stringify(got) !== JSON.stringify(values)) throw new Error(JSON.stringify(got))
  leave(a)
})

// ---- presence ---------------------------------------------------------------------------------

test('the members of a presence channel are known at once, oneself among them', async () => {
  const a = await joined('presence-who', 'ann')
  const b = await joined('presence-who', 'bo')
  const members = b.pusher.channel('presence-who').members
  if (members.count !== 2 || members.me.id !== 'bo' || members.get('ann').info.name !== 'User ann') throw new Error(JSON.stringify(members))
  const added = await a.heard('presence-who', 'pusher:member_added')
  if (added.data.id !== 'bo' || added.data.info.name !== 'User bo') throw new Error(JSON.stringify(added))
  if (b.of('presence-who', 'pusher:member_added').length) throw new Error('it heard of itself')
  leave(a, b)
})

test('a user with several sockets arrives once and leaves once', async () => {
  const a = await joined('presence-count', 'ann')
  const bo = [await joined('presence-count', 'bo'), await joined('presence-count', 'bo')]
  await joined('presence-count', 'cy').then((c) => leave(c))
  await a.heard('presence-count', 'pusher:member_removed')
  leave(bo[0])
  const d = await joined('presence-count', 'dee')
  await a.heard('presence-count', 'pusher:member_added', undefined, 3)
  if (JSON.stringify(a.members('presence-count')) !== '["ann","bo","dee"]') throw new Error(a.members('presence-count'))
  leave(bo[1])
  await a.heard('presence-count', 'pusher:member_removed', undefined, 2)
  const seen = a.log.filter((x) => /member_/.test(x.event)).map((x) => `${x.event.slice(14)} ${x.data.id}`)
  const want = ['added bo', 'added cy', 'removed cy', 'added dee', 'removed bo']
  if (JSON.stringify(seen) !== JSON.stringify(want)) throw new Error(JSON.stringify(seen))
  leave(a, d)
})

test('a member that unsubscribes is removed for the others', async () => {
  const a = await joined('presence-leave', 'ann')
  const b = await joined('presence-leave', 'bo')
  b.pusher.unsubscribe('presence-leave')
  const gone = await a.heard('presence-leave', 'pusher:member_removed')
  if (gone.data.id !== 'bo' || a.pusher.channel('presence-leave').members.count !== 1) throw new Error(JSON.stringify(gone))
  leave(a, b)
})

// ---- client events ----------------------------------------------------------------------------

test('client events go both ways and not back to their sender', async () => {
  const a = await joined('private-talk')
  const b = await joined('private-talk')
  if (!a.pusher.channel('private-talk').trigger('client-hello', { from: 'a' })) throw new Error('not sent')
  await b.heard('private-talk', 'client-hello', { from: 'a' })
  b.pusher.channel('private-talk').trigger('client-hello', { from: 'b' })
  await a.heard('private-talk', 'client-hello', { from: 'b' })
  if (a.of('private-talk', 'client-hello').length !== 1 || b.of('private-talk', 'client-hello').length !== 1) throw new Error('an echo')
  leave(a, b)
})

test('a client event on a presence channel names its sender', async () => {
  const a = await joined('presence-talk', 'ann')
  const b = await joined('presence-talk', 'bo')
  const metadata = new Promise((resolve) => a.pusher.channel('presence-talk').bind('client-hello', (d, m) => resolve(m)))
  b.pusher.channel('presence-talk').trigger('client-hello', { user_id: 'a lie' })
  if ((await metadata).user_id !== 'bo') throw new Error(JSON.stringify(await metadata))
  leave(a, b)
})

test('more than ten client events in a second are refused with 4301 and the connection stays', async () => {
  const a = await joined('private-flood')
  const b = await joined('private-flood')
  for (let i = 0; i < 30; i++) a.pusher.channel('private-flood').trigger('client-n', { i })
  await a.error(4301)
  await pusher.trigger('private-flood', 'fence', {})
  await Promise.all([a, b].map((l) => l.heard('private-flood', 'fence')))
  const got = b.of('private-flood', 'client-n').map((x) => x.data.i)
  if (got.length < 10 || got.length > 15 || got.some((n, i) => n !== i)) throw new Error(`heard ${got}`)
  if (a.sockets.length !== 1) throw new Error('it was disconnected')
  leave(a, b)
})

test('a client event on a public channel is refused with 4301', async () => {
  const a = await joined('square')
  a.pusher.send_event('client-hello', { n: 1 }, 'square')
  await a.error(4301)
  leave(a)
})

// ---- encrypted channels -----------------------------------------------------------------------

test('an encrypted event of the SDK is decrypted by pusher-js', async () => {
  const a = await joined('private-encrypted-vault')
  await pusher.trigger('private-encrypted-vault', 'secret', { code: 42 })
  await a.heard('private-encrypted-vault', 'secret', { code: 42 })
  if (a.frames.some((f) => JSON.stringify(f).includes('"code"'))) throw new Error('it crossed the wire in clear')
  leave(a)
})

// ---- cache channels ---------------------------------------------------------------------------

test('a cache channel answers the last event, and says when it has none', async () => {
  const a = await joined('cache-price')
  await a.heard('cache-price', 'pusher:cache_miss')
  await pusher.trigger('cache-price', 'price', { eur: 1 })
  await pusher.trigger('cache-price', 'price', { eur: 2 })
  const b = await joined('cache-price')
  await b.heard('cache-price', 'price', { eur: 2 })
  if (b.of('cache-price', 'price').length !== 1 || b.of('cache-price', 'pusher:cache_miss').length) throw new Error(b.story())
  leave(a, b)
})

test('private and encrypted cache channels answer the last event as well', async () => {
  for (const name of ['private-cache-price', 'private-encrypted-cache-price', 'presence-cache-price']) {
    const a = await joined(name)
    await a.heard(name, 'pusher:cache_miss')
    await pusher.trigger(name, 'price', { eur: 3 })
    const b = await joined(name)
    await b.heard(name, 'price', { eur: 3 })
    leave(a, b)
  }
})

test('a client event is not what a cache channel remembers', async () => {
  const a = await joined('private-cache-own')
  const b = await joined('private-cache-own')
  a.pusher.channel('private-cache-own').trigger('client-own', { n: 1 })
  await b.heard('private-cache-own', 'client-own')
  const c = await joined('private-cache-own')
  await c.heard('private-cache-own', 'pusher:cache_miss')
  leave(a, b, c)
})

// ---- the connection is lost -------------------------------------------------------------------

test('after a restart of the server everything is joined again by itself', async () => {
  const gate = await door()
  gate.to = server.port
  const a = client('ann', { wsPort: gate.port })
  const b = client('bo', { wsPort: gate.port })
  await a.join('private-stay')
  await a.join('presence-stay')
  await b.join('presence-stay')
  gate.to = 0
  await server.stop('SIGTERM')
  await Promise.all([a, b].map((l) => l.error(4200)))
  server = await serve()
  pusher = sdk(server.port, app)
  gate.to = server.port
  await a.heard('private-stay', 'pusher:subscription_succeeded', undefined, 2)
  await Promise.all([a, b].map((l) => l.heard('presence-stay', 'pusher:subscription_succeeded', undefined, 2)))
  if (a.sockets.length !== 2 || a.sockets[0] === a.sockets[1]) throw new Error(`sockets ${a.sockets}`)
  await until(() => [a, b].every((l) => `${l.members('presence-stay')}` === 'ann,bo'), () => a.members('presence-stay'))
  await pusher.trigger('private-stay', 'again', {})
  await a.heard('private-stay', 'again')
  leave(a, b)
})

test('and after a server that was killed', async () => {
  const a = await joined('private-killed')
  await server.stop('SIGKILL')
  server = await server.restart()
  await a.heard('private-killed', 'pusher:subscription_succeeded', undefined, 2)
  leave(a)
})

run(setUp, () => { leave(...all); return server.stop() })
