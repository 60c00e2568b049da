// webhooks.js: what `chargetop serve` posts to an application's back end, checked and read by the official server SDK.
'use strict'
const fs = require('fs')
const path = require('path')
const PusherJs = require('pusher-js')
const { listen } = require('./listener')
const { test, run, until, work, serve, sdk, backend, optionsFor } = require('./harness')

const app = { id: 'one', key: 'key-one', secret: 'secret-one' }
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
const same = (got, want) => { if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${JSON.stringify(got)} instead of ${JSON.stringify(want)}`) }
const read = (hook) => pusher.webhook({ headers: hook.headers, rawBody: hook.rawBody })
/** Every event posted to this path and accepted, in order; the SDK must find its body valid. */
const events = (url = '/hook') => back.hooks.filter((h) => h.url === url && h.status === 200).flatMap((h) => {
  if (!read(h).isValid()) throw new Error(`the SDK finds this invalid: ${JSON.stringify(h)}`)
  return read(h).getEvents()
})
const fits = (e, want) => Object.keys(want).every((k) => e[k] === want[k])
const told = (want, url) => until(() => events(url).find((e) => fits(e, want)), () => `${JSON.stringify(want)} among ${JSON.stringify(back.hooks.map((h) => h.rawBody))}${server.err}`)

async function setUp () {
  pusher = sdk(0, app)
  back = await backend(pusher)
  fs.writeFileSync(path.join(work, 'apps'), `[app one]
key = key-one
secret = secret-one
client_events = yes
subscription_count = yes
webhook = ${back.url}/hook
webhook = ${back.url}/hook/batch events=channel_occupied batch=yes
webhook = ${back.url}/hook/orders prefix=private-orders.
`, { mode: 0o600 })
  server = await serve(['--apps', path.join(work, 'apps')])
  pusher = sdk(server.port, app)
}

test('channel_occupied is posted, with a signature that the SDK accepts', async () => {
  const a = await joined('ann', 'news')
  await told({ name: 'channel_occupied', channel: 'news' })
  const hook = back.hooks.find((h) => h.url === '/hook')
  const age = Date.now() - read(hook).getTime().getTime()
  if (!(age >= 0 && age < 10000) || hook.headers['x-pusher-key'] !== app.key || !/^application\/json/.test(hook.headers['content-type'])) throw new Error(JSON.stringify(hook))
  same(sdk(0, { ...app, secret: 'wrong' }).webhook({ headers: hook.headers, rawBody: hook.rawBody }).isValid(), false)
  same(read({ ...hook, rawBody: hook.rawBody.replace('news', 'mews') }).isValid(), false)
  leave(a)
})

test('member_added is posted once for each user', async () => {
  const ann = [await joined('ann', 'presence-desk'), await joined('ann', 'presence-desk')]
  const bo = await joined('bo', 'presence-desk')
  await told({ name: 'member_added', channel: 'presence-desk', user_id: 'ann' })
  await told({ name: 'member_added', channel: 'presence-desk', user_id: 'bo' })
  same(events().filter((e) => e.name === 'member_added' && e.user_id === 'ann').length, 1)
  leave(ann[0], bo)
})

test('a user who comes back within 3 s is not told to have gone', async () => {
  const a = await joined('ann', 'presence-back', 'news-back')
  leave(a)
  await a.state('disconnected')
  await joined('ann', 'presence-back', 'news-back')
  leave(await joined('cy', 'presence-marker')) // whose departure is due later
  await told({ name: 'member_removed', channel: 'presence-marker', user_id: 'cy' })
  same(events().filter((e) => /removed|vacated/.test(e.name) && /-back/.test(e.channel)), [])
})

test('channel_vacated and member_removed are posted after the last one left', async () => {
  await told({ name: 'channel_vacated', channel: 'news' })
  await told({ name: 'member_removed', channel: 'presence-desk', user_id: 'bo' })
  same(events().filter((e) => e.name === 'member_removed' && e.channel === 'presence-desk').map((e) => e.user_id), ['bo'])
})

test('client_event is posted with its data, its socket and on presence channels its user', async () => {
  const a = await joined('ann', 'presence-talk', 'private-talk')
  a.pusher.channel('presence-talk').trigger('client-hello', { n: 1 })
  a.pusher.channel('private-talk').trigger('client-hello', { n: 2 })
  const e = await told({ name: 'client_event', channel: 'presence-talk' })
  same([e.event, JSON.parse(e.data), e.socket_id, e.user_id], ['client-hello', { n: 1 }, a.sockets[0], 'ann'])
  const p = await told({ name: 'client_event', channel: 'private-talk' })
  same([JSON.parse(p.data), p.socket_id, 'user_id' in p], [{ n: 2 }, a.sockets[0], false])
  leave(a)
})

test('cache_miss and subscription_count are posted', async () => {
  const a = await joined('ann', 'cache-price')
  await told({ name: 'cache_miss', channel: 'cache-price' })
  const e = await told({ name: 'subscription_count', channel: 'cache-price' })
  same(Number(e.subscription_count), 1)
  leave(a)
})

test('a batch holds several events', async () => {
  const a = client('ann')
  await a.state('connected')
  await Promise.all(['b-1', 'b-2', 'b-3'].map((n) => a.join(n)))
  for (const channel of ['b-1', 'b-2', 'b-3']) await told({ name: 'channel_occupied', channel }, '/hook/batch')
  const bodies = back.hooks.filter((h) => h.url === '/hook/batch' && h.rawBody.includes('"b-'))
  same(bodies.length, 1)
  leave(a)
})

test('a prefix leaves other channels out', async () => {
  const a = await joined('ann', 'private-orders.1')
  await told({ name: 'channel_occupied', channel: 'private-orders.1' }, '/hook/orders')
  same(events('/hook/orders').every((e) => e.channel.startsWith('private-orders.')), true)
  leave(a)
})

test('a webhook that failed is posted again, byte by byte, until it is accepted', async () => {
  back.hookStatus = 500
  const a = await joined('ann', 'retry-me')
  const tries = () => back.hooks.filter((h) => h.url === '/hook' && h.rawBody.includes('retry-me') && h.rawBody.includes('occupied'))
  await until(() => tries().length >= 1, 'a first try')
  back.hookStatus = 200
  await told({ name: 'channel_occupied', channel: 'retry-me' })
  const [first, last] = [tries()[0], tries()[tries().length - 1]]
  same([first.status, last.status, last.rawBody === first.rawBody, last.headers['x-pusher-signature'] === first.headers['x-pusher-signature']], [500, 200, true, true])
  leave(a)
})

run(setUp, () => { leave(...all); return server.stop() })
