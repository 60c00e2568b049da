// powerly.js: the built-in profile `powerly` as a user has it, host and key and all: an HTTP proxy of the environment
// leads api.powerly.app:443 to our own server, whose certificate carries that name.
'use strict'
const { execFileSync } = require('child_process')
const fs = require('fs')
const net = require('net')
const path = require('path')
const { test, run, until, work, serve, start, binary } = require('./harness')

const host = 'api.powerly.app'
const file = (name) => path.join(work, name)
const asked = []
let server, proxy

/** A certificate for the host, trusted by --ca-file alone. */
function certificate () {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${host}`,
    '-addext', `subjectAltName=DNS:${host}`, '-keyout', file('key.pem'), '-out', file('cert.pem')], { stdio: 'ignore' })
}

/** Answers CONNECT and leads every connection to our server, whatever it was meant for. */
function startProxy () {
  const p = net.createServer((from) => {
    from.on('error', () => {})
    from.once('data', (head) => {
      asked.push(/^CONNECT (\S+)/.exec(head)[1])
      const to = net.connect(server.port, '127.0.0.1', () => { from.write('HTTP/1.1 200 OK\r\n\r\n'); from.pipe(to).pipe(from) })
      to.on('error', () => from.destroy())
    })
  })
  return new Promise((resolve) => p.listen(0, '127.0.0.1', () => resolve(p)))
}

function powerly (args, token) {
  const c = start(binary, ['tail', '--profile', 'powerly', '--ca-file', file('cert.pem'), ...args],
    { https_proxy: `http://127.0.0.1:${proxy.address().port}`, CHARGETOP_TOKEN: token })
  c.lines = () => c.out.split('\n').slice(0, -1).map((l) => JSON.parse(l))
  c.heard = (fits, what) => until(() => c.lines().find(fits), () => `${what}:\n${c.out.slice(-3000)}${c.err}`)
  return c
}

async function setUp () {
  certificate()
  fs.writeFileSync(file('powerly.conf'), '[serve]\ntoken = user-token\n[app powerly]\nkey = 8735473\nsecret = not-known-to-clients\n')
  server = await serve(['--config', file('powerly.conf'), '--tls-cert', file('cert.pem'), '--tls-key', file('key.pem'),
    '--simulate', '3', '--seed', '7', '--speed', '600'])
  proxy = await startProxy()
}

test('the built-in profile connects to api.powerly.app on port 443 with its key, over verified TLS', async () => {
  const c = powerly(['2149'], 'user-token')
  const line = await c.heard((l) => l.kind === 'state' && l.state === 'connected', 'connected')
  if (!/^\d+\.\d+$/.test(line.socket_id) || asked[0] !== `${host}:443`) throw new Error(`${line.socket_id} ${asked}`)
  await c.stop()
})

test('private-orders.2149 is authorized with the bearer token, and consumption arrives decoded', async () => {
  const c = powerly(['2149'], 'user-token')
  await c.heard((l) => l.kind === 'subscribed' && l.channel === 'private-orders.2149', 'subscribed')
  const line = await c.heard((l) => l.kind === 'consumption', 'consumption')
  if (line.event !== 'App\\Events\\ChargePointConsumption' || line.order !== '2149' || !(line.energy_kwh >= 0) || !line.charge_point) {
    throw new Error(JSON.stringify(line))
  }
  await c.stop()
})

test('the end of a session arrives as completed', async () => {
  const c = powerly(['--discover'], 'user-token')
  const line = await c.heard((l) => l.kind === 'completed', 'completed')
  if (line.event !== 'App\\Events\\ChargePointOrderCompleted' || line.status !== 'completed') throw new Error(JSON.stringify(line))
  await c.stop()
})

test('a token that the server does not know ends with status 3', async () => {
  const c = powerly(['2149'], 'another-token')
  const status = await c.ended
  if (status !== 3 || /another-token/.test(c.out + c.err)) throw new Error(`${status} ${c.err}`)
})

test('a certificate of somebody else is not believed', async () => {
  const c = start(binary, ['tail', '--profile', 'powerly', '2149', '--for', '1s'],
    { https_proxy: `http://127.0.0.1:${proxy.address().port}`, CHARGETOP_TOKEN: 'user-token' })
  const status = await c.ended
  if (status !== 4 || /"state":"connected"/.test(c.out)) throw new Error(`${status} ${c.out}`)
})

test('an interrupt leaves the channels and ends with 0', async () => {
  const c = powerly(['2149'], 'user-token')
  await c.heard((l) => l.kind === 'subscribed', 'subscribed')
  const status = await c.stop('SIGINT')
  if (status !== 0) throw new Error(`status ${status} ${c.err}`)
})

run(setUp, () => server.stop())
