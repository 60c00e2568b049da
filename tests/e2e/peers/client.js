// client.js soketi|serve: our client library and `chargetop tail` against soketi, or against our own server, with
// pusher-js beside them and the official server SDK as publisher.
'use strict'
const fs = require('fs')
const path = require('path')
const PusherJs = require('pusher-js')
const { listen } = require('./listener')
const { test, run, until, serve, soketi, ours, dashboard, tail, chargetop, work, sdk, backend, optionsFor } = require('./harness')

const real = process.argv[2] === 'soketi'
const app = real ? { id: 'app-id', key: 'app-key', secret: 'app-secret' } : { id: 'demo', key: 'demo-key', secret: 'demo-secret' }
let server, pusher, back
const all = []

function client (user = 'ann') {
  const c = ours(server.port, app.key, back.url, user)
  all.push(c)
  return c
}
async function joined (user, ...names) {
  const c = client(user)
  for (const n of names) await c.join(n)
  return c
}
const leave = (...clients) => Promise.all(clients.map((c) => c.pusher ? c.pusher.disconnect() : c.stop()))
const js = (user) => listen(PusherJs, app.key, optionsFor(server.port, back.url, user))
const same = (got, want) => { if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${JSON.stringify(got)} instead of ${JSON.stringify(want)}`) }
const members = async (c) => (await c.members('presence-who')).members
const watch = (...args) => tail(server.port, app.key, ['--auth-endpoint', `${back.url}/auth`, ...args])
const frames = (c, channel, event) => c.all({ kind: 'frame', channel, event })

async function setUp () {
  const apps = path.join(work, 'apps')
  fs.writeFileSync(apps, `[app ${app.id}]\nkey = ${app.key}\nsecret = ${app.secret}\nclient_events = yes\nsubscription_count = yes\n`, { mode: 0o600 })
  server = await (real ? soketi(app) : serve(['--apps', apps]))
  pusher = sdk(server.port, app)
  back = await backend(pusher)
}

test('our client joins public and private channels and hears their events', async () => {
  const a = await joined('ann', 'news', 'private-room')
  await pusher.trigger(['news', 'private-room'], 'App\\Events\\Thing', { text: 'Zoë 日本' })
  for (const channel of ['news', 'private-room']) {
    const f = await a.heard({ kind: 'frame', channel, event: 'App\\Events\\Thing' })
    same(JSON.parse(f.data), { text: 'Zoë 日本' })
  }
  await leave(a)
})

test('our client is refused a channel by the auth endpoint', async () => {
  back.refuse['private-closed'] = 403
  const a = client()
  await a.say('join private-closed')
  await a.heard({ kind: 'sub', channel: 'private-closed', state: 'denied', code: 403 })
  await leave(a)
})

test('a wrong signature shows as a channel that was denied', async () => {
  back.spoil['private-forged'] = (x) => ({ auth: x.auth.replace(/.$/, (c) => (c === '0' ? '1' : '0')) })
  const a = client()
  await a.say('join private-forged')
  await a.heard({ kind: 'sub', channel: 'private-forged', state: 'denied' })
  await leave(a)
})

test('our client knows the members of a presence channel as they come and go', async () => {
  const a = await joined('ann', 'presence-who')
  same(await members(a), [{ id: 'ann', info: '{"name":"User ann"}' }])
  same((await a.members('presence-who')).me, 'ann')
  const bo = [await joined('bo', 'presence-who'), js('bo')]
  await bo[1].join('presence-who')
  await until(async () => (await members(a)).length === 2, 'two members')
  same(bo[1].members('presence-who'), ['ann', 'bo'])
  await leave(bo[0])
  const cy = await joined('cy', 'presence-who')
  await until(async () => (await members(a)).length === 3, 'three members')
  same((await members(a)).map((m) => m.id), ['ann', 'bo', 'cy'])
  await leave(bo[1], cy)
  await until(async () => (await members(a)).length === 1, 'one member')
  await leave(a)
})

test('client events go from our client to our client and not back', async () => {
  const a = await joined('ann', 'private-talk')
  const b = await joined('bo', 'private-talk')
  same((await a.say('trigger private-talk client-hello {"from":"a"}')).err, '')
  same(JSON.parse((await b.heard({ kind: 'frame', event: 'client-hello' })).data), { from: 'a' })
  await b.say('trigger private-talk client-hello {"from":"b"}')
  same(JSON.parse((await a.heard({ kind: 'frame', event: 'client-hello' })).data), { from: 'b' })
  same([a, b].map((c) => frames(c, 'private-talk', 'client-hello').length), [1, 1])
  await leave(a, b)
})

test('client events go between our client and pusher-js, on a presence channel too', async () => {
  const a = await joined('ann', 'presence-talk')
  const b = js('bo')
  await b.join('presence-talk')
  await a.say('trigger presence-talk client-hello {"from":"a"}')
  await b.heard('presence-talk', 'client-hello', { from: 'a' })
  b.pusher.channel('presence-talk').trigger('client-hello', { from: 'b' })
  const f = await a.heard({ kind: 'frame', event: 'client-hello' })
  same([JSON.parse(f.data), f.user], [{ from: 'b' }, 'bo'])
  await leave(a, b)
})

test('our client refuses to send what no server would take', async () => {
  const a = await joined('ann', 'news', 'private-talk')
  for (const line of ['news client-x {}', 'private-talk hello {}', 'private-other client-x {}']) {
    if (!(await a.say(`trigger ${line}`)).err) throw new Error(`sent: ${line}`)
  }
  if (a.lines().some((l) => l.kind === 'sent' && /client-x|hello/.test(l.text))) throw new Error('it went out')
  await leave(a)
})

test('our client is left out by its socket id', async () => {
  const a = await joined('ann', 'private-orders')
  const b = await joined('bo', 'private-orders')
  await pusher.trigger('private-orders', 'changed', {}, { socket_id: await a.socket() })
  await pusher.trigger('private-orders', 'fence', {})
  await Promise.all([a, b].map((c) => c.heard({ kind: 'frame', event: 'fence' })))
  same([a, b].map((c) => frames(c, 'private-orders', 'changed').length), [0, 1])
  await leave(a, b)
})

test('a cache channel gives our client its last event, or a miss', async () => {
  for (const name of ['cache-price', 'private-cache-price', 'presence-cache-price']) {
    const a = await joined('ann', name)
    await a.heard({ kind: 'frame', channel: name, event: 'pusher:cache_miss' })
    await pusher.trigger(name, 'price', { eur: 1 })
    await pusher.trigger(name, 'price', { eur: 2 })
    await a.heard({ kind: 'frame', channel: name, event: 'price' }, 2)
    const b = await joined('bo', name)
    const f = await b.heard({ kind: 'frame', channel: name, event: 'price' })
    same(JSON.parse(f.data), { eur: 2 })
    same(frames(b, name, 'pusher:cache_miss').length, 0)
    await leave(a, b)
  }
})

test('our client decrypts what the SDK encrypted, and asks for the key again when it is wrong', async () => {
  for (const name of ['private-encrypted-vault', 'private-encrypted-cache-vault']) {
    const a = await joined('ann', name)
    await pusher.trigger(name, 'secret', { code: 42 })
    const f = await a.heard({ kind: 'frame', channel: name, event: 'secret' })
    same([JSON.parse(f.data), f.cipher, f.text.includes('"code"')], [{ code: 42 }, 'opened', false])
    await leave(a)
  }
  back.spoil['private-encrypted-vault'] = (x) => { delete back.spoil['private-encrypted-vault']; return { ...x, shared_secret: Buffer.alloc(32, 1).toString('base64') } }
  const b = await joined('bo', 'private-encrypted-vault')
  for (const code of [1, 2, 3]) await pusher.trigger('private-encrypted-vault', 'secret', { code })
  await b.heard({ kind: 'frame', event: 'secret', cipher: 'opened' }, 3)
  same(b.all({ kind: 'frame', event: 'secret', cipher: 'opened' }).map((x) => JSON.parse(x.data).code), [1, 2, 3])
  same(back.requests.filter((r) => r.user === 'bo' && r.channel === 'private-encrypted-vault').length, 2)
  await leave(b)
})

test('tail prints encrypted events decrypted', async () => {
  const t = watch('private-encrypted-vault')
  await t.subscribed('private-encrypted-vault')
  await pusher.trigger('private-encrypted-vault', 'secret', { code: 43 })
  same((await t.heard((l) => l.event === 'secret', 'secret')).data, { code: 43 })
  await t.stop()
})

test('our client signs in, hears what is sent to its user, and is closed with 4009 when the user is terminated', async () => {
  const a = client('ann')
  await a.say('signin')
  same((await a.heard({ kind: 'user', state: 'subscribed' })).user, 'ann')
  await a.heard({ kind: 'sub', channel: '#server-to-user-ann', state: 'subscribed' })
  await pusher.sendToUser('ann', 'order-ready', { order: 2149 })
  same(JSON.parse((await a.heard({ kind: 'frame', event: 'order-ready' })).data), { order: 2149 })
  await pusher.terminateUserConnections('ann')
  same((await a.heard({ kind: 'link', state: 'failed' })).code, 4009)
  await leave(a)
})

test('a channel that our client leaves is heard no more, and joined again on request', async () => {
  const a = await joined('ann', 'private-leave')
  await a.say('leave private-leave')
  await until(async () => !(await (await pusher.get({ path: '/channels/private-leave' })).json()).occupied, 'vacated')
  await pusher.trigger('private-leave', 'meanwhile', {})
  await a.join('private-leave')
  await pusher.trigger('private-leave', 'again', {})
  await a.heard({ kind: 'frame', event: 'again' })
  same(frames(a, 'private-leave', 'meanwhile').length, 0)
  await leave(a)
})

test('tail prints events of any channel that is named', async () => {
  const names = ['news', 'private-room', 'presence-who', 'cache-price', 'private-cache-price']
  const t = watch(...names)
  for (const n of names) await t.subscribed(n)
  await pusher.trigger(names, 'headline', { n: 1 })
  for (const n of names) same((await t.heard((l) => l.channel === n && l.event === 'headline', n)).data, { n: 1 })
  same(await t.stop('SIGINT'), 0)
})

test('our client pings, and the answer tells the round trip', async () => {
  const a = await joined('ann', 'news')
  await a.heard({ kind: 'ping' }, 2)
  if (!a.all({ kind: 'ping' }).every((p) => p.round_trip_ms >= 0 && p.round_trip_ms < 1000)) throw new Error(a.out)
  same(a.all({ kind: 'link', state: 'connected' }).length, 1)
  await leave(a)
})

test('the dashboard shows members and events of followed channels, decrypts, and sends client events', async () => {
  const d = dashboard(server.port, app.key, ['--auth-endpoint', `${back.url}/auth`, '-H', 'X-User: dash', 'presence-who', 'private-encrypted-vault'], { CHARGETOP_TOKEN: 'any' })
  const [a, b] = [js('ann'), await joined('bo', 'presence-who')]
  await a.join('presence-who')
  await d.shows(/LINK up/)
  d.type(':channels')
  await d.shows(/presence-who +presence +subscribed +3 users/)
  await d.shows(/\(me\) User dash/)
  a.pusher.channel('presence-who').trigger('client-wave', { n: 1 })
  await d.shows(/presence-who .* client-wave/)
  await leave(b)
  await d.shows(/presence-who +presence +subscribed +2 users/)
  d.type(':trigger presence-who client-hello {"from":"dash"}')
  await a.heard('presence-who', 'client-hello', { from: 'dash' })
  await pusher.trigger('private-encrypted-vault', 'secret', { code: 42 })
  await d.shows(/private-encrypted-vault +encrypted +subscribed .* secret/)
  d.stop()
  await leave(a)
})

test('our client verifies the certificate of a server with TLS', async () => {
  const [cert, key] = ['cert.pem', 'key.pem'].map((f) => path.join(process.env.CERTIFICATES, f))
  const secure = await (real ? soketi(app, { SOKETI_SSL_CERT: cert, SOKETI_SSL_KEY: key }) : serve(['--tls-cert', cert, '--tls-key', key]))
  const t = tail(secure.port, app.key, ['--tls', '--ca-file', cert, 'news'])
  await t.subscribed('news')
  const out = await chargetop(['trigger', '--ca-file', cert, '-c', 'news', '-e', 'safe', '-d', '{"n":1}'], { PUSHER_URL: `https://${app.key}:${app.secret}@127.0.0.1:${secure.port}/apps/${app.id}` })
  same(out.status, 0)
  same((await t.heard((l) => l.event === 'safe', 'safe')).data, { n: 1 })
  await t.stop()
  const strict = tail(secure.port, app.key, ['--tls', '--for', '1s', 'news'])
  same(await strict.ended, 4)
  if (strict.lines().some((l) => l.state === 'connected')) throw new Error('it believed any certificate')
  await secure.stop()
})

if (!real) { // soketi knows neither
  test('our client is told how many listen and whom its user watches', async () => {
    back.watch.ann = ['bo']
    const a = await joined('ann', 'news')
    await a.say('signin')
    await a.heard({ kind: 'user', state: 'subscribed' })
    const b = await joined('bo', 'news')
    await until(async () => (await a.members('news')).subscription_count === 2, 'two subscribers')
    await b.say('signin')
    const told = (what) => until(() => a.all({ kind: 'frame', event: 'pusher_internal:watchlist_events' }).some((f) => JSON.parse(f.data).events.some((e) => `${e.name} ${e.user_ids}` === what)), () => `${what}: ${a.out.slice(-2000)}`)
    await told('offline bo')
    await told('online bo')
    await leave(a, b)
  })
}

test('a server that is shut down tells our client 4200, and has it back after the restart', async () => {
  const a = await joined('ann', 'private-stay', 'presence-who')
  await server.stop('SIGTERM')
  await a.heard({ kind: 'link', code: 4200 })
  server = await server.restart()
  await a.heard({ kind: 'sub', channel: 'private-stay', state: 'subscribed' }, 2)
  await a.heard({ kind: 'sub', channel: 'presence-who', state: 'subscribed' }, 2)
  same((await a.members('presence-who')).members.map((m) => m.id), ['ann'])
  await leave(a)
})

run(setUp, () => server.stop())
