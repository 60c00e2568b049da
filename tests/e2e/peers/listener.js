// listener.js: what a pusher-js client hears, kept in order; in Node and in a page.
'use strict';
(function (root) {
  /**
   * A pusher-js client that keeps everything: .log has {channel, event, data, user_id} of each bound event,
   * .states the states in order, .errors the errors of the connection, .frames what came over the wire.
   */
  function listen (Pusher, key, options) {
    const pusher = new Pusher(key, options)
    const l = { pusher, log: [], states: [], sockets: [], errors: [], frames: [], globals: [] }

    async function until (condition, what, ms = 10000) {
      const end = Date.now() + ms
      for (;;) {
        const value = condition()
        if (value) return value
        if (Date.now() > end) throw new Error(`never came: ${what()}\n${l.story()}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    pusher.connection.bind('state_change', (s) => {
      l.states.push(s.current)
      if (s.current === 'connected') l.sockets.push(pusher.connection.socket_id)
    })
    pusher.connection.bind('error', (e) => l.errors.push((e && e.error && e.error.data) || (e && e.data) || e))
    pusher.connection.bind('message', (m) => l.frames.push(m))
    pusher.bind_global((event, data) => l.globals.push({ event, data }))

    l.until = until
    l.story = () => JSON.stringify({ states: l.states, errors: l.errors, frames: l.frames.slice(-20) }, null, 1)
    l.is = (event, data) => (x) => x.event === event && (data === undefined || JSON.stringify(x.data) === JSON.stringify(data))
    l.of = (channel, event, data) => l.log.filter((x) => x.channel === channel && l.is(event, data)(x))
    l.heard = (channel, event, data, count = 1) =>
      until(() => l.of(channel, event, data).length >= count && l.of(channel, event, data)[count - 1],
        () => `${count} times ${event} ${JSON.stringify(data)} on ${channel}`)
    l.state = (state) => until(() => pusher.connection.state === state, () => `state ${state}`)
    l.error = (code) => until(() => l.errors.find((e) => e && e.code === code), () => `error ${code}`)
    l.watch = (channel, name) => channel.bind_global((event, data) => l.log.push({ channel: name, event, data }))
    /** Subscribes and waits until the server has confirmed it. */
    l.join = async (name) => {
      const before = l.of(name, 'pusher:subscription_succeeded').length
      const channel = pusher.subscribe(name)
      l.watch(channel, name)
      await l.heard(name, 'pusher:subscription_succeeded', undefined, before + 1)
      return channel
    }
    /** The members of a presence channel as pusher-js sees them. */
    l.members = (name) => {
      const ids = []
      pusher.channel(name).members.each((m) => ids.push(m.id))
      return ids.sort()
    }
    return l
  }
  if (typeof module !== 'undefined') module.exports = { listen }
  else root.listen = listen
})(typeof globalThis !== 'undefined' ? globalThis : this)
