// harness.js: what the Node tests share: TAP, waiting for a condition, our server, an application's back end.
'use strict'
const { execFileSync, spawn } = require('child_process')
const fs = require('fs')
const http = require('http')
const https = require('https')
const net = require('net')
const os = require('os')
const path = require('path')
const Pusher = require('pusher')

const binary = process.env.CHARGETOP || 'build/chargetop'
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'ct-e2e-'))
const children = new Set()
const tests = []
const WAIT_MS = 10000
const TEST_MS = 20000

// ---- TAP --------------------------------------------------------------------------------------

const test = (name, body) => tests.push({ name, body })

/** Waits until condition() is truthy and gives what it gave; the only waiting these tests do. */
async function until (condition, what, ms = WAIT_MS) {
  const end = Date.now() + ms
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > end) throw new Error(`never came: ${typeof what === 'function' ? what() : what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function within (promise, ms, what) {
  let timer
  const late = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Error(`${what} took too long`)), ms) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const lines = (text) => String(text).split('\n').map((l) => `# ${l}`).join('\n')

/** Runs the tests in order, prints TAP, ends the process. */
async function run (setUp, tearDown) {
  let number = 0
  let context
  process.on('unhandledRejection', (e) => { console.log(lines(`unhandled: ${e.stack}`)); process.exit(1) })
  try {
    context = await within(setUp(), 60000, 'setting up')
  } catch (e) {
    console.log(`not ok 1 - setting up\n${lines(e.stack)}`)
    process.exit(1)
  }
  for (const t of tests) {
    const start = Date.now()
    try {
      await within(Promise.resolve(t.body(context)), TEST_MS, t.name)
      console.log(`ok ${++number} - ${t.name}`)
    } catch (e) {
      console.log(`not ok ${++number} - ${t.name}\n${lines(e.stack)}`)
      for (const s of servers) console.log(lines(s.err.slice(-2000)))
    }
    if (process.env.TIMES) console.log(`# ${Date.now() - start} ms`)
  }
  if (tearDown) await within(Promise.resolve(tearDown(context)), 10000, 'tearing down').catch((e) => console.log(lines(e)))
  console.log(`1..${number}`)
  process.exit(0)
}

process.on('exit', () => {
  for (const c of children) c.kill('SIGKILL')
  fs.rmSync(work, { recursive: true, force: true })
})

// ---- programs ---------------------------------------------------------------------------------

const environment = (more) => Object.assign({}, process.env, { HOME: work, XDG_CONFIG_HOME: work, TZ: 'UTC' }, more)

/** A child whose output is kept as text in .out and .err; .ended resolves to its status. */
function start (program, args, env) {
  const child = spawn(program, args, { env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] })
  const c = { child, out: '', err: '', exited: false }
  children.add(child)
  child.stdin.on('error', () => {}) // it may have ended before it read
  child.stdout.on('data', (d) => { c.out += d })
  child.stderr.on('data', (d) => { c.err += d })
  c.ended = new Promise((resolve) => child.on('close', (code, signal) => {
    children.delete(child)
    c.exited = true
    resolve(code === null ? signal : code)
  }))
  c.stop = (signal = 'SIGTERM') => { child.kill(signal); return c.ended }
  return c
}

/** chargetop with these arguments until it ends: {status, out, err}. */
async function chargetop (args, env, input) {
  const c = start(binary, args, env)
  c.child.stdin.end(input || '')
  return { status: await c.ended, out: c.out, err: c.err }
}

const servers = []

/** `chargetop serve` on loopback; restart() brings it back on the same port. */
async function serve (args = [], port = 0) {
  const s = start(binary, ['serve', '--port', String(port), ...args])
  servers.push(s)
  await until(() => s.exited || /^ready .*\n/m.test(s.out), () => `the first line of serve: ${s.out}${s.err}`)
  if (s.exited) throw new Error(`serve ended: ${s.err}`)
  s.port = Number(/^ready wss?:\/\/[^/]*:(\d+)\//m.exec(s.out)[1])
  s.restart = () => serve(args, s.port)
  return s
}

/** `chargetop tail`: .lines() are its JSON lines; heard(fn) waits for one that fits. */
function tail (port, key, args, env) {
  const t = start(binary, ['tail', '--host', '127.0.0.1', '--port', String(port), '--no-tls', '--key', key, '--api-base', '', ...args],
    Object.assign({ CHARGETOP_TOKEN: 'demo-token' }, env))
  t.lines = () => t.out.split('\n').slice(0, -1).map((l) => JSON.parse(l))
  t.heard = (fits, what) => until(() => t.lines().find(fits), () => `${what || fits} in tail:\n${t.out.slice(-4000)}${t.err}`)
  t.subscribed = (channel) => t.heard((l) => l.kind === 'subscribed' && l.channel === channel, `subscribed ${channel}`)
  return t
}

/** A real soketi with client events and sign-in; .port, .stop(), .restart() on the same port. */
async function soketi (app, more = {}, port = 0) {
  port = port || await freePort()
  const s = start(process.execPath, [path.join(path.dirname(require.resolve('@soketi/soketi/package.json')), 'bin/server.js'), 'start'], Object.assign({
    SOKETI_DEFAULT_APP_ID: app.id,
    SOKETI_DEFAULT_APP_KEY: app.key,
    SOKETI_DEFAULT_APP_SECRET: app.secret,
    SOKETI_DEFAULT_APP_ENABLE_CLIENT_MESSAGES: 'true',
    SOKETI_DEFAULT_APP_USER_AUTHENTICATION: 'true',
    SOKETI_HOST: '127.0.0.1',
    SOKETI_PORT: String(port),
    SOKETI_SHUTDOWN_GRACE_PERIOD: '100',
    SOKETI_METRICS_ENABLED: '0'
  }, more))
  const ready = () => new Promise((resolve) => {
    (more.SOKETI_SSL_CERT ? https : http).get({ host: '127.0.0.1', port, path: `${more.SOKETI_PATH_PREFIX || ''}/ready`, agent: false }, (r) => { r.resume(); resolve(r.statusCode === 200) }).on('error', () => resolve(false))
  })
  await until(async () => s.exited || await ready(), () => `soketi: ${s.out}${s.err}`, 30000)
  return Object.assign(s, { port, restart: () => soketi(app, more, port) })
}

/** The dashboard in a terminal of tmux: .screen() is its text, .type(line) types a line, .shows(regexp) waits for it. */
function dashboard (port, key, args, env) {
  const name = `ct${process.pid}`
  const tmux = (...words) => execFileSync('tmux', ['-L', name, '-f', '/dev/null', ...words], { env: environment(env) }).toString()
  tmux('new-session', '-d', '-s', 'dash', '-x', '120', '-y', '40', '--', 'env', 'TERM=tmux-256color', path.resolve(binary), '--host', '127.0.0.1', '--port', String(port), '--no-tls',
    '--key', key, '--api-base', '', ...args)
  const d = { screen: () => tmux('capture-pane', '-p', '-t', 'dash') }
  d.shows = (pattern) => until(() => pattern.test(d.screen()), () => `${pattern} on the screen:\n${d.screen()}`)
  d.type = (line) => { tmux('send-keys', '-t', 'dash', '-l', line); tmux('send-keys', '-t', 'dash', 'Enter') }
  d.stop = () => { process.removeListener('exit', d.stop); tmux('kill-server') }
  process.on('exit', d.stop)
  return d
}

/** Our client library (tests/e2e/peer.c) as this user of a back end whose endpoints are below base; .lines(), .heard(fn), .say(line). */
function ours (port, key, base, user) {
  const c = start(path.join(path.dirname(binary), 'peer'), [String(port), key, base, user])
  c.lines = () => c.out.split('\n').slice(0, -1).map((l) => JSON.parse(l))
  c.all = (want) => c.lines().filter((l) => Object.keys(want).every((k) => l[k] === want[k]))
  c.heard = (want, count = 1) => until(() => c.all(want)[count - 1], () => `${count} times ${JSON.stringify(want)} in our client:\n${c.out.slice(-4000)}${c.err}`)
  c.say = async (line) => {
    const before = c.all({ kind: 'done' }).length
    c.child.stdin.write(`${line}\n`)
    return c.heard({ kind: 'done' }, before + 1)
  }
  c.join = async (channel) => {
    const before = c.all({ kind: 'sub', channel, state: 'subscribed' }).length
    await c.say(`join ${channel}`)
    await c.heard({ kind: 'sub', channel, state: 'subscribed' }, before + 1)
  }
  c.members = async (channel) => {
    const before = c.all({ kind: 'members' }).length
    c.child.stdin.write(`members ${channel}\n`)
    return c.heard({ kind: 'members' }, before + 1)
  }
  c.socket = async () => (await c.heard({ kind: 'link', state: 'connected' })).socket_id
  return c
}

/** A port that was free a moment ago. */
function freePort () {
  return new Promise((resolve) => {
    const s = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => resolve(port))
    })
  })
}

/**
 * A load balancer before a server that comes and goes: it holds new connections until .to names a port.
 * (Against a refused connection pusher-js waits 15 s before its next attempt.)
 */
async function door () {
  const d = { to: 0 }
  const listener = net.createServer(async (from) => {
    from.on('error', () => {})
    await until(() => d.to, 'a server behind the door').catch(() => from.destroy())
    const onward = net.connect(d.to, '127.0.0.1')
    onward.on('error', () => from.destroy()).on('close', () => from.destroy())
    from.on('close', () => onward.destroy())
    from.pipe(onward).pipe(from)
  })
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve))
  d.port = listener.address().port
  return d
}

// ---- the application's side -------------------------------------------------------------------

const masterKey = Buffer.alloc(32, 7).toString('base64')

/** The official server SDK, for an application of the server on this port. */
const sdk = (port, app, more) => new Pusher(Object.assign({
  appId: app.id, key: app.key, secret: app.secret, host: '127.0.0.1', port: String(port), useTLS: false,
  encryptionMasterKeyBase64: masterKey
}, more))

/**
 * An application's back end: auth endpoints that answer what the SDK signs, and a place for webhooks.
 * The user is what the form field `user` or the header X-User says. .refuse: channel -> status, .spoil: channel -> changes the answer.
 */
async function backend (pusher) {
  const b = { requests: [], hooks: [], hookStatus: 200, refuse: {}, spoil: {}, watch: {} }
  const answer = (form, url, named) => {
    const user = form.get('user') || named || 'u-1'
    const info = { name: `User ${user}` }
    const socket = form.get('socket_id')
    if (url === '/user-auth') {
      return pusher.authenticateUser(socket, { id: user, user_info: info, watchlist: b.watch[user] || [] })
    }
    const channel = form.get('channel_name')
    const member = channel.startsWith('presence-') ? { user_id: user, user_info: info } : undefined
    const said = pusher.authorizeChannel(socket, channel, member)
    return b.spoil[channel] ? b.spoil[channel](said) : said
  }
  const server = http.createServer((req, res) => {
    const chunks = []
    req.on('data', (d) => chunks.push(d))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      if (req.url.startsWith('/hook')) {
        b.hooks.push({ url: req.url, headers: req.headers, rawBody: body, status: b.hookStatus })
        res.writeHead(b.hookStatus).end()
        return
      }
      const form = new URLSearchParams(body)
      const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization', 'Content-Type': 'application/json' }
      b.requests.push({ url: req.url, method: req.method, channel: form.get('channel_name'), socket: form.get('socket_id'), user: form.get('user') || req.headers['x-user'] })
      const refused = b.refuse[form.get('channel_name')]
      if (req.method === 'OPTIONS') res.writeHead(204, headers).end()
      else if (refused) res.writeHead(refused, headers).end('{"message":"This action is unauthorized."}')
      else res.writeHead(200, headers).end(JSON.stringify(answer(form, req.url, req.headers['x-user'])))
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  b.url = `http://127.0.0.1:${server.address().port}`
  return b
}

/** Options of pusher-js for a server on this port and a back end; user: whom the back end authorizes. */
const optionsFor = (port, url, user = 'u-1', more = {}) => Object.assign({
  wsHost: '127.0.0.1',
  wsPort: port,
  forceTLS: false,
  enabledTransports: ['ws'],
  cluster: 'none',
  channelAuthorization: { endpoint: `${url}/auth`, transport: 'ajax', params: { user } },
  userAuthentication: { endpoint: `${url}/user-auth`, transport: 'ajax', params: { user } }
}, more)

module.exports = { test, run, until, work, binary, start, chargetop, serve, tail, soketi, ours, dashboard, door, freePort, masterKey, sdk, backend, optionsFor }
