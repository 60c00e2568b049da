// The application's side of a real deployment: the channel authorization endpoint, and a publisher that
// uses the official server SDK. Commands come as lines on stdin, answers go to stdout.
//   publish ROUNDS          one consumption event for each order and round, in order
//   complete ID             the completed event of an order
//   rounds are numbered on from the last
'use strict'
const http = require('http')
const readline = require('readline')
const Pusher = require('pusher')

const [soketiPort, orders] = process.argv.slice(2).map(Number)
const token = process.env.BACKEND_TOKEN
const pusher = new Pusher({
  appId: 'app-id', key: 'app-key', secret: 'app-secret', useTLS: false, host: '127.0.0.1', port: soketiPort
})
const first = 5001
let round = 0
let authorized = 0
let refused = 0

const server = http.createServer((req, res) => {
  let body = ''
  req.on('data', (d) => { body += d })
  req.on('end', () => {
    const form = new URLSearchParams(body)
    res.setHeader('Content-Type', 'application/json')
    if (req.headers.authorization !== `Bearer ${token}`) {
      refused++
      res.statusCode = 401
      res.end('{"message":"Unauthenticated."}')
      return
    }
    if (form.get('channel_name') === 'private-orders.403') {
      res.statusCode = 403
      res.end('{"message":"This action is unauthorized."}')
      return
    }
    authorized++
    res.end(JSON.stringify(pusher.authorizeChannel(form.get('socket_id'), form.get('channel_name'))))
  })
})

function payload (id, n) {
  return {
    order: {
      id,
      connector_number: 1,
      status: 0,
      price: Number((0.45 * n * 0.125).toFixed(2)),
      unit_price: 0.45,
      price_unit: 'energy',
      requested_quantity: 'FULL',
      charging_session_time: n,
      charging_session_energy: Number((n * 0.125).toFixed(3)),
      currency: 'EUR',
      charge_point: { id: 600 + id - first, title: `Bay ${id - first + 1} #1`, type: { current_type: 'AC', max_power: 11 } }
    }
  }
}

async function publish (rounds) {
  for (let r = 0; r < rounds; r++) {
    round++
    for (let start = 0; start < orders; start += 10) {
      const batch = []
      for (let i = start; i < Math.min(start + 10, orders); i++) {
        batch.push({ channel: `private-orders.${first + i}`, name: 'App\\Events\\ChargePointConsumption', data: payload(first + i, round) })
      }
      await pusher.triggerBatch(batch)
    }
  }
}

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const [word, arg] = line.split(' ')
  try {
    if (word === 'publish') {
      await publish(Number(arg))
      console.log(`published ${round}`)
    } else if (word === 'complete') {
      const data = payload(Number(arg), round)
      data.order.status = 2
      await pusher.trigger(`private-orders.${arg}`, 'App\\Events\\ChargePointOrderCompleted', data)
      console.log(`completed ${arg}`)
    } else if (word === 'counts') {
      console.log(`counts authorized=${authorized} refused=${refused}`)
    }
  } catch (e) {
    console.log(`failed ${word}: ${e.message}`)
  }
})

server.listen(0, '127.0.0.1', () => console.log(`auth ${server.address().port}`))
