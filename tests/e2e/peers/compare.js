// compare.js FILE ORDERS FIRST LAST: the JSON lines of `chargetop tail` hold each of the rounds FIRST to LAST of
// each order exactly once and in order.
'use strict'
const fs = require('fs')
const [file, orders, firstRound, lastRound] = [process.argv[2], ...process.argv.slice(3).map(Number)]
const seen = new Map()
let bad = 0
const say = (text) => { if (bad++ < 10) console.log(text) }
for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const o = JSON.parse(line)
  if (o.kind !== 'consumption') continue
  for (const k of ['time', 'channel', 'event', 'order', 'charge_point', 'connector', 'energy_kwh', 'power_kw', 'elapsed_s', 'price', 'currency', 'status']) {
    if (!(k in o)) say(`member ${k} is missing: ${line}`)
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(o.time)) say(`time is not RFC 3339 with ms: ${o.time}`)
  if (!seen.has(o.order)) seen.set(o.order, [])
  seen.get(o.order).push(Math.round(o.energy_kwh / 0.125))
  const n = seen.get(o.order).length
  if (n >= 3 && (o.power_kw === null || Math.abs(o.power_kw - 7.5) > 0.2)) say(`power of ${o.order} is ${o.power_kw}, not 7.5`)
}
for (let i = 0; i < orders; i++) {
  const id = String(5001 + i)
  const got = (seen.get(id) || []).filter((n) => n >= firstRound && n <= lastRound)
  const want = []
  for (let n = firstRound; n <= lastRound; n++) want.push(n)
  if (JSON.stringify(got) !== JSON.stringify(want)) say(`order ${id}: got rounds ${got} instead of ${want}`)
}
if (bad) { console.log(`${bad} differences`); process.exit(1) }
