// users.js: users who sign in: pusher-js against `chargetop serve`, the official SDK as the application's back end.
'use strict'
const PusherJs = require('pusher-js')
const { listen } = require('./listener')
const { test, run, until, serve, door, sdk, backend, optionsFor } = require('./harness')

const app = { id: 'demo', key: 'demo-key', secret: 'demo-secret' }
let server, pusher, back
const all = []

function client (user, more) {
  const l = listen(PusherJs, app.key, optionsFor(server.port, back.url, user, more))
  const { user: me } = l.pusher
  l.heardAsUser = []
  l.watched = []
  me.bind_global((event, data) => l.heardAsUser.push({ event, data }))
  for (const event of ['online', 'offline']) me.watchlist.bind(event, (e) => l.watched.push(`${event} ${e.user_ids}`))
  l.signedIn = (count = 1) => l.until(() => l.frames.filter((f) => f.event === 'pusher:signin_success').length >= count && me.user_data, () => 'signed in')
  all.push(l)
  return l
}
async function signedIn (user, more) {
  const l = client(user, more)
  l.pusher.signin()
  await l.signedIn()
  return l
}
const leave = (...clients) => clients.forEach((c) => c.pusher.disconnect())
const same = (got, want) => { if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${JSON.stringify(got)} instead of ${JSON.stringify(want)}`) }
/** The user's own channel is joined: what is sent now arrives. */
const reachable = (l, id) => l.until(() => l.frames.some((f) => f.event === 'pusher_internal:subscription_succeeded' && f.channel === `#server-to-user-${id}`), () => `channel of ${id}`)

async function setUp () {
  server = await serve()
  pusher = sdk(server.port, app)
  back = await backend(pusher)
}

test('pusher-js signs in with what the SDK signed', async () => {
  const a = await signedIn('ann')
  same([a.pusher.user.user_data.id, a.pusher.user.user_data.user_info], ['ann', { name: 'User ann' }])
  leave(a)
})

test('a wrong signature of a user is refused', async () => {
  const wrong = sdk(server.port, { ...app, secret: 'wrong' })
  const a = listen(PusherJs, app.key, optionsFor(server.port, back.url, 'ann', {
    userAuthentication: { customHandler: ({ socketId }, done) => done(null, wrong.authenticateUser(socketId, { id: 'ann' })) }
  }))
  a.pusher.signin()
  await a.until(() => a.errors.length, () => 'an error')
  if (a.frames.some((f) => f.event === 'pusher:signin_success')) throw new Error('signed in')
  leave(a)
})

test('an event for a user reaches each connection of that user and nobody else', async () => {
  const ann = [await signedIn('ann'), await signedIn('ann')]
  const bo = await signedIn('bo')
  await Promise.all([...ann.map((l) => reachable(l, 'ann')), reachable(bo, 'bo')])
  const r = await pusher.sendToUser('ann', 'order-ready', { order: 2149 })
  same(r.status, 200)
  for (const l of ann) await l.until(() => l.heardAsUser.find((x) => x.event === 'order-ready'), () => 'the event')
  same(ann[0].heardAsUser.find((x) => x.event === 'order-ready').data, { order: 2149 })
  await pusher.sendToUser('bo', 'fence', {})
  await bo.until(() => bo.heardAsUser.find((x) => x.event === 'fence'), () => 'the fence')
  same(bo.heardAsUser.filter((x) => x.event === 'order-ready').length, 0)
  leave(...ann, bo)
})

test('the channel of a user is closed to everybody else', async () => {
  const a = await signedIn('ann')
  a.pusher.send_event('pusher:subscribe', { auth: '', channel: '#server-to-user-bo' })
  await a.until(() => a.frames.some((f) => f.event === 'pusher:subscription_error' && f.channel === '#server-to-user-bo'), () => 'a refusal')
  await pusher.sendToUser('bo', 'for-bo', {})
  await pusher.sendToUser('ann', 'fence', {})
  await a.until(() => a.heardAsUser.find((x) => x.event === 'fence'), () => 'the fence')
  if (a.frames.some((f) => f.event === 'for-bo')) throw new Error('it heard what was for bo')
  leave(a)
})

test('who watches is told who is online, and who goes', async () => {
  back.watch.ann = ['bo', 'cy']
  const bo = await signedIn('bo')
  const a = await signedIn('ann')
  const told = (what) => a.until(() => a.watched.includes(what), () => `${what}; told ${a.watched}`)
  await Promise.all([told('online bo'), told('offline cy')])
  a.watched.length = 0
  const cy = [await signedIn('cy'), await signedIn('cy')]
  await told('online cy')
  leave(cy[0])
  leave(bo)
  await told('offline bo')
  if (a.watched.includes('offline cy')) throw new Error('cy is still here')
  leave(cy[1])
  await told('offline cy')
  leave(a)
})

test('terminating a user closes the connections of that user with 4009 and no others', async () => {
  const ann = [await signedIn('ann'), await signedIn('ann')]
  const bo = await signedIn('bo')
  const r = await pusher.terminateUserConnections('ann')
  same([r.status, await r.json()], [200, {}])
  for (const l of ann) {
    await l.error(4009)
    await l.state('disconnected')
  }
  await reachable(bo, 'bo')
  await pusher.sendToUser('bo', 'still', {})
  await bo.until(() => bo.heardAsUser.find((x) => x.event === 'still'), () => 'an event for bo')
  same(bo.sockets.length, 1)
  leave(...ann, bo)
})

test('after a reconnect the user is signed in again by itself', async () => {
  const gate = await door()
  gate.to = server.port
  const a = await signedIn('ann', { wsPort: gate.port })
  gate.to = 0
  await server.stop('SIGTERM')
  await a.error(4200)
  server = await serve()
  pusher = sdk(server.port, app)
  gate.to = server.port
  await a.signedIn(2)
  await a.until(() => a.frames.filter((f) => f.event === 'pusher_internal:subscription_succeeded').length >= 2, () => 'the channel again')
  await pusher.sendToUser('ann', 'again', {})
  await a.until(() => a.heardAsUser.find((x) => x.event === 'again'), () => 'an event')
  leave(a)
})

run(setUp, () => { leave(...all); return server.stop() })
