// commands.js soketi|serve: the commands of the application's own side, with pusher-js to hear what they send and the
// official server SDK to compare with.
'use strict'
const fs = require('fs')
const http = require('http')
const path = require('path')
const PusherJs = require('pusher-js')
const { listen } = require('./listener')
const { test, run, until, work, binary, start, chargetop, serve, soketi, tail, sdk, backend, optionsFor, freePort, masterKey } = require('./harness')

const real = process.argv[2] === 'soketi'
const app = real ? { id: 'app-id', key: 'app-key', secret: 'app-secret' } : { id: 'demo', key: 'demo-key', secret: 'demo-secret' }
const secret = path.join(work, 'secret')
const wrong = path.join(work, 'wrong')
const master = path.join(work, 'master')
let server, pusher, back, hook

const sorted = (o) => Object.fromEntries(Object.entries(o).sort())
const same = (got, want) => { if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${JSON.stringify(got)} instead of ${JSON.stringify(want)}`) }
const to = (port = server.port) => ['--host', '127.0.0.1', '--port', String(port), '--no-tls', '--app-id', app.id, '--key', app.key, '--secret-file', secret]
async function cmd (...args) {
  const [name, ...rest] = args
  return chargetop([name, ...to(), ...rest])
}
async function done (...args) {
  const r = await cmd(...args)
  if (r.status !== 0) throw new Error(`${args.join(' ')}: ${r.status} ${r.err}`)
  return r.out
}
const js = (user = 'ann', more) => listen(PusherJs, app.key, optionsFor(server.port, back.url, user, more))
const leave = (...all) => Promise.all(all.map((c) => c.pusher ? c.pusher.disconnect() : c.stop()))
const watch = (user, ...args) => tail(server.port, app.key, ['--auth-endpoint', `${back.url}/auth`, '--user-auth-endpoint', `${back.url}/user-auth`, '-H', `X-User: ${user}`, ...args])
const event = (channel, name) => (l) => l.kind === 'event' && l.channel === channel && l.event === name

async function setUp () {
  fs.writeFileSync(secret, `${app.secret}\n`, { mode: 0o600 })
  fs.writeFileSync(wrong, 'wrong\n', { mode: 0o600 })
  fs.writeFileSync(master, `${masterKey}\n`, { mode: 0o600 })
  const port = await freePort()
  hook = start(binary, ['webhook', '--json', '--listen', String(port), '--key', app.key, '--secret-file', secret, '--encryption-key-file', master])
  await until(() => hook.err.includes('listening on'), () => hook.err)
  hook.lines = () => hook.out.split('\n').slice(0, -1).map((l) => JSON.parse(l))
  const url = `http://127.0.0.1:${port}/hook`
  if (real) {
    server = await soketi(app, {
      SOKETI_DEFAULT_APP_USER_AUTHENTICATION: 'true',
      SOKETI_DEFAULT_APP_WEBHOOKS: JSON.stringify([{ url, event_types: ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event', 'cache_miss'] }])
    })
  } else {
    const conf = path.join(work, 'serve.conf')
    fs.writeFileSync(conf, `[app ${app.id}]\nkey = ${app.key}\nsecret = ${app.secret}\nclient_events = yes\nwebhook = ${url}\n`)
    server = await serve(['--config', conf])
  }
  pusher = sdk(server.port, app)
  back = await backend(pusher)
}

test('what trigger sends is heard by pusher-js as it was given', async () => {
  const a = js()
  await Promise.all(['news', 'private-room'].map(a.join))
  await done('trigger', '-c', 'news', '-c', 'private-room', '-e', 'App\\Events\\Paid', '-d', '{"t":"Zoë 日本"}')
  await a.heard('news', 'App\\Events\\Paid', { t: 'Zoë 日本' })
  await a.heard('private-room', 'App\\Events\\Paid', { t: 'Zoë 日本' })
  await done('trigger', '-c', 'news', '-e', 'text', '-d', 'no JSON')
  await a.heard('news', 'text', 'no JSON')
  await leave(a)
})

test('trigger leaves one connection out', async () => {
  const [a, b] = [js('ann'), js('bo')]
  await Promise.all([a.join('news'), b.join('news')])
  await done('trigger', '-c', 'news', '-e', 'changed', '-d', '{}', '--socket-id', a.pusher.connection.socket_id)
  await done('trigger', '-c', 'news', '-e', 'fence', '-d', '{}')
  await Promise.all([a, b].map((c) => c.heard('news', 'fence', {})))
  same([a, b].map((c) => c.of('news', 'changed').length), [0, 1])
  await leave(a, b)
})

test('tail --channel follows a public and a private channel', async () => {
  const t = watch('ann', '--channel', 'news', '--channel', 'private-room')
  await Promise.all(['news', 'private-room'].map(t.subscribed))
  await done('trigger', '-c', 'news', '-c', 'private-room', '-e', 'e', '-d', '{"n":1}')
  for (const channel of ['news', 'private-room']) same((await t.heard(event(channel, 'e'))).data, { n: 1 })
  await leave(t)
})

test('what trigger encrypts, pusher-js and tail --channel decrypt', async () => {
  const channel = 'private-encrypted-vault'
  const a = js('ann')
  const t = watch('ann', '--channel', channel)
  await Promise.all([a.join(channel), t.subscribed(channel)])
  await done('trigger', '-c', channel, '-e', 'secret', '-d', '{"pin":1234}', '--encryption-key-file', master)
  await a.heard(channel, 'secret', { pin: 1234 })
  const line = await t.heard(event(channel, 'secret'))
  same([line.data, line.encrypted, line.decrypted], [{ pin: 1234 }, true, true])
  const file = path.join(work, 'encrypted')
  fs.writeFileSync(file, [1, 2].map((n) => JSON.stringify({ channel, name: 'batched', data: { n } })).join('\n'))
  await done('trigger', '--batch', file, '--encryption-key-file', master)
  await a.heard(channel, 'batched', { n: 1 })
  await a.heard(channel, 'batched', { n: 2 })
  await leave(a, t)
})

test('a batch arrives whole and in order', async () => {
  const a = js()
  await a.join('news')
  const file = path.join(work, 'batch')
  const numbers = Array.from({ length: 25 }, (_, n) => n)
  fs.writeFileSync(file, JSON.stringify(numbers.map((n) => ({ channel: 'news', name: 'item', data: { n } }))))
  same(JSON.parse(await done('trigger', '--batch', file, '--json')), { ok: true, events: 25, sent: 25, not_tried: 0, failed: [] })
  await a.heard('news', 'item', undefined, 25)
  same(a.of('news', 'item').map((x) => x.data.n), numbers)
  await leave(a)
})

test('tail --channel tells a miss and the last event of a cache channel', async () => {
  const first = watch('ann', '--channel', 'cache-empty')
  await first.heard((l) => l.kind === 'cache_miss' && l.channel === 'cache-empty')
  const a = js()
  await a.join('cache-full')
  await done('trigger', '-c', 'cache-full', '-e', 'kept', '-d', '{"n":2}')
  await a.heard('cache-full', 'kept')
  const second = watch('ann', '--channel', 'cache-full')
  same((await second.heard(event('cache-full', 'kept'))).data, { n: 2 })
  await leave(first, second, a)
})

test('tail --channel tells who is on a presence channel, comes, speaks and goes', async () => {
  const channel = 'presence-tail'
  const a = js('ann')
  await a.join(channel)
  const t = watch('tim', '--channel', channel)
  const joined = await t.subscribed(channel)
  same([joined.user_id, joined.members.map((m) => m.user_id).sort()], ['tim', ['ann', 'tim']])
  same(joined.members.find((m) => m.user_id === 'ann').user_info, { name: 'User ann' })
  const b = js('bo')
  await b.join(channel)
  const came = await t.heard((l) => l.kind === 'member_added')
  same([came.user_id, came.user_info, came.member_count], ['bo', { name: 'User bo' }, 3])
  b.pusher.channel(channel).trigger('client-hello', { from: 'bo' })
  const said = await t.heard(event(channel, 'client-hello'))
  same([said.data, said.user_id], [{ from: 'bo' }, 'bo'])
  await leave(b)
  const went = await t.heard((l) => l.kind === 'member_removed')
  same([went.user_id, went.member_count], ['bo', 2])
  await leave(a, t)
})

test('channels lists what is in use, tells of one, and of its users', async () => {
  const [a, b] = [js('ann'), js('bo')]
  await Promise.all([a.join('presence-list'), b.join('presence-list'), a.join('open-list')])
  const all = JSON.parse(await done('channels', '--json')).channels
  same(['open-list', 'presence-list'].map((c) => c in all), [true, true])
  const some = await done('channels', '--prefix', 'presence-li', '--info', 'user_count')
  const counted = real ? 'SUBSCRIPTIONS' : 'USERS' // soketi ignores info here
  if (!new RegExp(`^CHANNEL +${counted}`).test(some) || !/^presence-list +2/m.test(some) || some.includes('open-list')) throw new Error(some)
  const one = await done('channels', 'presence-list', '--info', 'user_count')
  if (!/^occupied +yes$/m.test(one) || !/^users +2$/m.test(one)) throw new Error(one)
  const users = await done('channels', 'presence-list', '--users')
  same(users.trim().split('\n').sort(), ['USER', 'ann', 'bo'])
  await leave(a, b)
})

test('auth signs what the official SDK signs, byte for byte', async () => {
  const args = ['--key', app.key, '--secret-file', secret, '--encryption-key-file', master]
  const say = async (...more) => sorted(JSON.parse((await chargetop(['auth', ...args, ...more])).out))
  same(await say('private-x', '12.34'), sorted(pusher.authorizeChannel('12.34', 'private-x')))
  same(await say('presence-x', '12.34', '--user', 'u-7', '--info', '{"name":"Zoë"}'),
    sorted(pusher.authorizeChannel('12.34', 'presence-x', { user_id: 'u-7', user_info: { name: 'Zoë' } })))
  same(await say('private-encrypted-x', '12.34'), sorted(pusher.authorizeChannel('12.34', 'private-encrypted-x')))
  same(await say('--signin', '12.34', '--user', 'u-7', '--watch', 'u-8'), sorted(pusher.authenticateUser('12.34', { id: 'u-7', watchlist: ['u-8'] })))
})

test('the server lets in whom auth has signed', async () => {
  const customHandler = ({ socketId, channelName }, callback) => {
    const user = channelName.startsWith('presence-') ? ['--user', 'by-hand', '--info', '{}'] : []
    chargetop(['auth', '--key', app.key, '--secret-file', secret, channelName, socketId, ...user])
      .then((r) => callback(null, JSON.parse(r.out)), (e) => callback(e, null))
  }
  const a = js('ann', { channelAuthorization: { customHandler } })
  await Promise.all([a.join('private-by-hand'), a.join('presence-by-hand')])
  same(a.members('presence-by-hand'), ['by-hand'])
  await leave(a)
})

test('what is sent to a user arrives at whom is signed in', async () => {
  const a = js('uma')
  const got = []
  a.pusher.user.bind('greet', (d) => got.push(d))
  a.pusher.signin()
  const t = watch('uma', '--signin')
  await t.heard((l) => l.kind === 'signin' && l.state === 'subscribed' && l.user_id === 'uma')
  await a.until(() => a.pusher.user.user_data, () => 'sign-in')
  await until(async () => {
    await done('trigger', '--user', 'uma', '-e', 'greet', '-d', '{"n":1}')
    return got.length > 0 && t.lines().some(event('#server-to-user-uma', 'greet'))
  }, () => `what was sent to the user: ${got.length} ${t.out}`)
  same(got[0], { n: 1 })
  await leave(a, t)
})

test('terminate ends the connections of a user, and no others', async () => {
  const [a, b] = [js('tom'), js('uma')]
  a.pusher.signin()
  b.pusher.signin()
  await Promise.all([a, b].map((c) => c.until(() => c.pusher.user.user_data, () => 'sign-in')))
  await done('terminate', 'tom')
  await a.error(4009)
  same(b.pusher.connection.state, 'connected')
  await leave(a, b)
})

test('a wrong secret ends with 3, told as the 401 it is', async () => {
  const r = await cmd('channels', '--secret-file', wrong)
  same(r.status, 3)
  if (!/HTTP 401.*not accepted/.test(r.err) || r.err.includes(app.secret)) throw new Error(r.err)
})

test('an event too large for the server is told as such', async () => {
  const file = path.join(work, 'large')
  fs.writeFileSync(file, 'x'.repeat(110 * 1024))
  const r = await cmd('trigger', '-c', 'news', '-e', 'large', '--data-max', '200000', '-d', `@${file}`)
  same(r.status, 1)
  if (!/HTTP 413/.test(r.err)) throw new Error(r.err)
})

test('an unknown application is told as such', async () => {
  const r = await cmd('channels', '--app-id', 'nobody')
  if (r.status !== 1 || !/HTTP 404/.test(r.err)) throw new Error(`${r.status} ${r.err}`)
})

test('behind a path requests are signed as this server wants them', async () => {
  const way = real ? ['--sign-with-prefix'] : []
  const other = real ? await soketi(app, { SOKETI_PATH_PREFIX: '/ws' }) : await serve(['--path', '/ws'])
  const ask = (...more) => chargetop(['channels', ...to(other.port), '--path', '/ws', '--json', ...more])
  same((await ask(...way)).out, '{"channels":{}}\n')
  same((await ask(...(real ? [] : ['--sign-with-prefix']))).status, 3)
  await other.stop()
})

// A server that answers as told, to see what is sent and how often.
async function stub (answers) {
  const s = { requests: [] }
  const listener = http.createServer((req, res) => {
    let body = ''
    req.on('data', (d) => { body += d })
    req.on('end', () => {
      s.requests.push({ url: req.url, body })
      const a = answers[Math.min(s.requests.length, answers.length) - 1]
      if (a) res.writeHead(a.status, a.headers || {}).end(a.body || '')
    })
  })
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve))
  s.port = listener.address().port
  s.stop = () => { listener.closeAllConnections(); listener.close() }
  s.cmd = (...args) => chargetop([args[0], ...to(s.port), ...args.slice(1)])
  return s
}

test('an event is sent once, and again only with --retry', async () => {
  for (const [more, status, count] of [[[], 1, 1], [['--retry', '1'], 0, 2]]) {
    const s = await stub([{ status: 503, body: 'busy' }, { status: 200, body: '{}' }])
    const r = await s.cmd('trigger', '-c', 'a', '-e', 'e', '-d', '{}', ...more)
    same([r.status, s.requests.length], [status, count])
    if (status === 1 && !/HTTP 503: the server failed: busy\n.*may have been delivered/s.test(r.err)) throw new Error(r.err)
    s.stop()
  }
})

test('no answer in time ends with 5, nobody there with 4, elsewhere with 1', async () => {
  const silent = await stub([null])
  same((await silent.cmd('channels', '--timeout', '300ms')).status, 5)
  silent.stop()
  same((await silent.cmd('channels')).status, 4)
  const elsewhere = await stub([{ status: 302, headers: { Location: 'http://127.0.0.1:1/' } }])
  const r = await elsewhere.cmd('channels')
  if (r.status !== 1 || !/HTTP 302: the server sends us elsewhere/.test(r.err)) throw new Error(`${r.status} ${r.err}`)
  elsewhere.stop()
})

test('a clock that is wrong is named as the reason of a 401', async () => {
  const s = await stub([{ status: 401, body: 'Timestamp expired: Given timestamp (2026-01-01T00:00:00Z) not within 600s of server time (2026-01-01T01:02:00Z)' }])
  const r = await s.cmd('channels', '--json')
  if (r.status !== 3 || !r.err.includes("1h02m behind the server's")) throw new Error(`${r.status} ${r.err}`)
  same(JSON.parse(r.out).clock_skew_ms, 3720000)
  s.stop()
})

test('a part of a batch that the server refuses for its content does not stop the rest', async () => {
  const s = await stub([{ status: 200, body: '{}' }, { status: 413, body: 'too large' }, { status: 200, body: '{"batch":[{"subscription_count":4}]}' }])
  const file = path.join(work, 'parts')
  fs.writeFileSync(file, Array.from({ length: 21 }, (_, n) => JSON.stringify({ channel: 'a', name: 'e', data: { n }, info: 'subscription_count' })).join('\n'))
  const r = await s.cmd('trigger', '--batch', file, '--json')
  const out = JSON.parse(r.out)
  same([r.status, out.sent, out.failed[0].first, out.failed[0].last, out.failed[0].status, out.batch.length], [1, 11, 11, 20, 413, 21])
  same(out.batch[20], { subscription_count: 4 })
  same(s.requests.map((q) => JSON.parse(q.body).batch.length), [10, 10, 1])
  s.stop()
})

test('webhook verifies and prints what the server posts', async () => {
  const a = js('ann')
  await a.join('presence-hooks')
  const b = js('bo')
  await b.join('presence-hooks')
  b.pusher.channel('presence-hooks').trigger('client-hello', { n: 1 })
  const heard = (want) => until(() => hook.lines().find((l) => Object.keys(want).every((k) => l[k] === want[k])), () => `${JSON.stringify(want)}: ${hook.out}${hook.err}`)
  await heard({ name: 'channel_occupied', channel: 'presence-hooks' })
  await heard({ name: 'member_added', channel: 'presence-hooks', user_id: 'bo' })
  const { data } = await heard({ name: 'client_event', channel: 'presence-hooks', event: 'client-hello', user_id: 'bo' })
  same(typeof data === 'string' ? JSON.parse(data) : data, { n: 1 }) // soketi posts it as an object
  await leave(b)
  await heard({ name: 'member_removed', channel: 'presence-hooks', user_id: 'bo' })
  await leave(a)
  await heard({ name: 'channel_vacated', channel: 'presence-hooks' })
  const c = js('cy')
  await c.join('cache-hooks')
  await heard({ name: 'cache_miss', channel: 'cache-hooks' })
  await leave(c)
  if (hook.err.includes('refused')) throw new Error(hook.err)
})

run(setUp, async () => { await hook.stop(); await server.stop() })
