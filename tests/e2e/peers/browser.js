// browser.js: one headless Chromium, a local page that loads the web builds of pusher-js, and calls into it over the
// DevTools protocol.
'use strict'
const fs = require('fs')
const http = require('http')
const path = require('path')
const WebSocket = require('ws')
const { start, until, work } = require('./harness')

const program = process.env.CHROMIUM || 'chromium'
const library = path.dirname(require.resolve('pusher-js/package.json'))
const files = {
  '/pusher.js': path.join(library, 'dist/web/pusher.js'),
  '/pusher-with-encryption.js': path.join(library, 'dist/web/pusher-with-encryption.js'),
  '/worker.js': path.join(library, 'dist/worker/pusher-with-encryption.worker.js'),
  '/listener.js': path.join(__dirname, 'listener.js')
}
const html = (build) => `<!doctype html><meta charset="utf-8"><title>pusher-js</title>
<script src="/${build}.js"></script><script src="/listener.js"></script>`

/** Serves the pages /plain.html and /encryption.html, each with another build of pusher-js. */
async function pages () {
  const server = http.createServer((req, res) => {
    const send = (type, body) => res.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(body)
    if (req.url === '/plain.html') send('text/html', html('pusher'))
    else if (req.url === '/encryption.html') send('text/html', html('pusher-with-encryption'))
    else if (files[req.url]) send('text/javascript', fs.readFileSync(files[req.url]))
    else res.writeHead(404).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${server.address().port}`
}

/** Speaks the DevTools protocol over one WebSocket: call(method, params, sessionId) gives the result. */
async function devtools (url) {
  const ws = new WebSocket(url, { perMessageDeflate: false })
  const waiting = new Map()
  const d = { console: [] }
  let last = 0
  await new Promise((resolve, reject) => ws.on('open', resolve).on('error', reject))
  ws.on('message', (m) => {
    const answer = JSON.parse(m)
    const call = waiting.get(answer.id)
    if (!call) {
      if (/^(Runtime\.(consoleAPICalled|exceptionThrown)|Log\.entryAdded)$/.test(answer.method)) d.console.push(JSON.stringify(answer.params))
      return
    }
    waiting.delete(answer.id)
    if (answer.error) call.reject(new Error(answer.error.message))
    else call.resolve(answer.result)
  })
  d.call = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject })
    ws.send(JSON.stringify({ id: last, method, params, sessionId }))
  })
  return d
}

/** A browser: page(site, name) opens one of pages(); its run(fn, ...args) calls fn there and gives what it returns. */
async function browser () {
  const home = path.join(work, 'chromium')
  const chromium = start(program, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-extensions',
    '--disable-background-networking', '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${home}`, 'about:blank'])
  const announced = /DevTools listening on (ws:\/\/\S+)/
  await until(() => chromium.exited || announced.test(chromium.err), () => `a DevTools address from ${program}: ${chromium.err}`, 40000)
  if (chromium.exited) throw new Error(`${program} ended: ${chromium.err}`)
  const d = await devtools(announced.exec(chromium.err)[1])
  async function page (site, name) {
    const { targetId } = await d.call('Target.createTarget', { url: `${site}/${name}.html` })
    const { sessionId } = await d.call('Target.attachToTarget', { targetId, flatten: true })
    await d.call('Runtime.enable', {}, sessionId)
    await d.call('Log.enable', {}, sessionId)
    const run = async (fn, ...args) => {
      const expression = `(${fn})(...${JSON.stringify(args)})`
      const r = await d.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)
      if (r.exceptionDetails) {
        const e = r.exceptionDetails
        throw new Error(`in the page: ${(e.exception && e.exception.description) || e.text}\n${d.console.slice(-5).join('\n')}`)
      }
      return r.result.value
    }
    await until(() => run(() => document.readyState === 'complete' && typeof Pusher === 'function' && typeof listen === 'function'), `page ${name}`)
    return { run }
  }
  return { page, stop: () => chromium.stop('SIGKILL') }
}

module.exports = { browser, pages }
