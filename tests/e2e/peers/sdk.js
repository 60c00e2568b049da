// sdk.js: the official server SDK against the HTTP API of `chargetop serve`, with pusher-js and `chargetop tail` listening.
'use strict'
const PusherJs = require('pusher-js')
const { listen } = require('./listener')
const { test, run, until, serve, tail, sdk, backend, optionsFor } = require('./harness')

const app = { id: 'demo', key: 'demo-key', secret: 'demo-secret' }
let server, pusher, back
const all = []

function client (user) {
  const l = listen(PusherJs, app.key, optionsFor(server.port, back.url, user))
  all.push(l)
  return l
}
async function joined (user, ...names) {
  const l = client(user)
  for (const name of names) await l.join(name)
  return l
}
const leave = (...clients) => clients.forEach((c) => c.pusher.disconnect())
const get = async (path, params) => (await pusher.get({ path, params })).json()
const same = (got, want) => { if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${JSON.stringify(got)} instead of ${JSON.stringify(want)}`) }
/** The status and body with which a call of the SDK is refused. */
async function refused (promise, status) {
  const e = await promise.then((r) => { throw new Error(`accepted: ${r.status}`) }, (x) => x)
  if (e.status !== status || !String(e.body || '').length) throw new Error(`${e.status} ${e.body} ${e.message}`)
}

async function setUp () {
  server = await serve()
  pusher = sdk(server.port, app)
  back = await backend(pusher)
}

test('a trigger on one channel reaches pusher-js and tail', async () => {
  const t = tail(server.port, app.key, ['news'])
  const a = await joined('ann', 'news')
  await t.subscribed('news')
  const r = await pusher.trigger('news', 'headline', { text: 'one' })
  same([r.status, await r.json()], [200, {}])
  await a.heard('news', 'headline', { text: 'one' })
  const line = await t.heard((l) => l.event === 'headline', 'headline')
  same([line.channel, line.data], ['news', { text: 'one' }])
  await t.stop()
  leave(a)
})

test('a trigger on several channels reaches each of them once', async () => {
  const names = Array.from({ length: 100 }, (x, i) => `many-${i}`)
  const a = await joined('ann', 'many-0', 'many-50', 'many-99')
  await pusher.trigger(names, 'to-all', { n: 1 })
  for (const n of ['many-0', 'many-50', 'many-99']) await a.heard(n, 'to-all', { n: 1 })
  same(a.log.filter((x) => x.event === 'to-all').length, 3)
  leave(a)
})

test('the connection that a trigger excludes does not hear it', async () => {
  const a = await joined('ann', 'private-orders')
  const b = await joined('bo', 'private-orders')
  await pusher.trigger('private-orders', 'changed', { by: 'a' }, { socket_id: a.sockets[0] })
  await pusher.trigger('private-orders', 'fence', {})
  await Promise.all([a, b].map((l) => l.heard('private-orders', 'fence')))
  same([a.of('private-orders', 'changed').length, b.of('private-orders', 'changed').length], [0, 1])
  leave(a, b)
})

test('a batch is delivered event by event, its exclusions kept', async () => {
  const a = await joined('ann', 'batch-1', 'batch-2')
  const r = await pusher.triggerBatch([
    { channel: 'batch-1', name: 'one', data: { n: 1 } },
    { channel: 'batch-2', name: 'two', data: 'text' },
    { channel: 'batch-1', name: 'not-to-a', data: {}, socket_id: a.sockets[0] },
    { channel: 'batch-1', name: 'fence', data: {} }
  ])
  same([r.status, await r.json()], [200, {}])
  await a.heard('batch-1', 'one', { n: 1 })
  await a.heard('batch-2', 'two', 'text')
  await a.heard('batch-1', 'fence')
  same(a.of('batch-1', 'not-to-a').length, 0)
  leave(a)
})

test('a trigger that asks for info is told who listened', async () => {
  const a = await joined('ann', 'presence-info', 'info')
  const b = await joined('ann', 'presence-info', 'info')
  const one = await (await pusher.trigger(['presence-info'], 'x', {}, { info: 'user_count' })).json()
  same(one, { channels: { 'presence-info': { user_count: 1 } } })
  const two = await (await pusher.trigger(['info'], 'x', {}, { info: 'subscription_count' })).json()
  same(two, { channels: { info: { subscription_count: 2 } } })
  const batch = await (await pusher.triggerBatch([
    { channel: 'info', name: 'x', data: {}, info: 'subscription_count' },
    { channel: 'nobody-here', name: 'x', data: {} }
  ])).json()
  same(batch, { batch: [{ subscription_count: 2 }, {}] })
  leave(a, b)
})

test('the list of channels is filtered by prefix and counts users', async () => {
  const a = await joined('ann', 'presence-list-1', 'presence-list-2', 'list-3')
  const b = await joined('bo', 'presence-list-2')
  same(await get('/channels', { filter_by_prefix: 'presence-list-', info: 'user_count' }),
    { channels: { 'presence-list-1': { user_count: 1 }, 'presence-list-2': { user_count: 2 } } })
  const names = Object.keys((await get('/channels', {})).channels).filter((n) => /list/.test(n)).sort()
  same(names, ['list-3', 'presence-list-1', 'presence-list-2'])
  await refused(pusher.get({ path: '/channels', params: { info: 'user_count' } }), 400)
  leave(a, b)
})

test('one channel tells its subscribers, its users and what it remembers', async () => {
  const a = await joined('ann', 'presence-one', 'cache-one', 'public-one')
  const b = await joined('ann', 'presence-one', 'public-one')
  same(await get('/channels/presence-one', { info: 'user_count' }), { occupied: true, user_count: 1 })
  same(await get('/channels/public-one', { info: 'subscription_count' }), { occupied: true, subscription_count: 2 })
  same(await get('/channels/empty-one', {}), { occupied: false })
  same((await get('/channels/cache-one', { info: 'cache' })).cache, null)
  await pusher.trigger('cache-one', 'x', { n: 1 })
  const { cache } = await get('/channels/cache-one', { info: 'cache' })
  if (!(cache.ttl > 0) || !cache.data) throw new Error(JSON.stringify(cache))
  await refused(pusher.get({ path: '/channels/cache-one', params: { info: 'user_count' } }), 400)
  await refused(pusher.get({ path: '/channels/presence-one', params: { info: 'subscription_count' } }), 400)
  leave(a, b)
})

test('the users of a presence channel are listed, each once', async () => {
  const a = await joined('ann', 'presence-users')
  const b = await joined('bo', 'presence-users')
  const c = await joined('ann', 'presence-users')
  same(await get('/channels/presence-users/users', {}), { users: [{ id: 'ann' }, { id: 'bo' }] })
  await refused(pusher.get({ path: '/channels/news/users' }), 400)
  leave(a, b, c)
})

test('a wrong secret, key, application or path is refused', async () => {
  await refused(sdk(server.port, { ...app, secret: 'wrong' }).trigger('news', 'x', {}), 401)
  await refused(sdk(server.port, { ...app, key: 'wrong' }).trigger('news', 'x', {}), 401)
  await refused(sdk(server.port, { ...app, id: '999' }).trigger('news', 'x', {}), 404)
  await refused(pusher.get({ path: '/nonsense' }), 404)
})

test('an event above the limit is refused with 413, at the limit it is taken', async () => {
  const a = await joined('ann', 'large')
  await refused(pusher.trigger('large', 'x', 'x'.repeat(10241)), 413)
  await pusher.trigger('large', 'x', 'x'.repeat(10240))
  await a.heard('large', 'x', 'x'.repeat(10240))
  leave(a)
})

test('an event name that belongs to the protocol is refused', async () => {
  await refused(pusher.trigger('news', 'pusher:error', {}), 400)
  await refused(pusher.trigger('news', 'pusher_internal:member_added', {}), 400)
})

test('an encrypted trigger is one that only its channel can read', async () => {
  const a = await joined('ann', 'private-encrypted-plans')
  await pusher.trigger('private-encrypted-plans', 'plan', { route: [1, 2] })
  await a.heard('private-encrypted-plans', 'plan', { route: [1, 2] })
  const batch = Array.from({ length: 10 }, (x, i) => ({ channel: 'private-encrypted-plans', name: 'step', data: { i } }))
  await pusher.triggerBatch(batch)
  await a.heard('private-encrypted-plans', 'step', undefined, 10)
  same(a.of('private-encrypted-plans', 'step').map((x) => x.data.i), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  leave(a)
})

test('a hundred triggers at the same time arrive each once', async () => {
  const a = await joined('ann', 'burst')
  await Promise.all(Array.from({ length: 100 }, (x, i) => pusher.trigger('burst', 'n', { i })))
  await a.heard('burst', 'n', undefined, 100)
  same(a.of('burst', 'n').map((x) => x.data.i).sort((x, y) => x - y), Array.from({ length: 100 }, (x, i) => i))
  leave(a)
})

run(setUp, () => { leave(...all); return server.stop() })
