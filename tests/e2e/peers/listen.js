// listen.js PORT KEY SECONDS CHANNEL...: pusher-js subscribed to our own server; prints one line an event.
'use strict'
const Pusher = require('pusher-js')
const [port, key, seconds, ...channels] = process.argv.slice(2)
const pusher = new Pusher(key, {
  wsHost: '127.0.0.1', wsPort: Number(port), forceTLS: false, enabledTransports: ['ws'], cluster: 'none',
  disableStats: true,
  channelAuthorization: {
    endpoint: `http://127.0.0.1:${port}/broadcasting/auth`, transport: 'ajax', headers: { Authorization: 'Bearer demo-token' }
  }
})
const say = (o) => console.log(JSON.stringify(o))
pusher.connection.bind('state_change', (s) => say({ state: s.current, socket_id: pusher.connection.socket_id }))
pusher.connection.bind('error', (e) => say({ error: e.error && e.error.data }))
for (const name of channels) {
  const channel = pusher.subscribe(name)
  channel.bind_global((event, data) => say({ channel: name, event, data }))
}
process.stdin.on('data', (d) => {
  for (const line of String(d).split('\n').filter(Boolean)) {
    const [channel, event, data] = line.split(' ')
    say({ triggered: pusher.channel(channel).trigger(event, JSON.parse(data)) })
  }
})
setTimeout(() => { pusher.disconnect(); process.exit(0) }, Number(seconds) * 1000)
