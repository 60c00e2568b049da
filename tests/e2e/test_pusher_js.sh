# The official client against our own server: it receives what the simulator sends.
. tests/e2e/lib.sh
install_peers

"$CHARGETOP" serve --port 0 --simulate 5 --seed 7 --speed 30 >"$work/serve.log" 2>"$work/serve.err" &
pids="$pids $!"
until_true 10 grep -q '^ready ' "$work/serve.log"
address=$(sed -n 's/^ready //p' "$work/serve.log")
check "the first line names the address" sh -c "head -n 1 '$work/serve.log' | grep -qE '^ready ws://127.0.0.1:[0-9]+/app/demo-key$'"
port=${address##*127.0.0.1:}; port=${port%%/*}

mkfifo "$work/in"
node "$peers/listen.js" "$port" demo-key 60 private-orders.2149 private-orders.2150 presence-desk public-news \
    <"$work/in" >"$work/js.log" 2>&1 &
pids="$pids $!"
exec 3>"$work/in"
in_log() { grep -qE "$1" "$work/js.log"; }
check "pusher-js connects" until_true 15 in_log '"state":"connected"'
check "a private channel is authorized and subscribed" until_true 10 in_log '"private-orders.2149","event":"pusher:subscription_succeeded"'
check "a presence channel tells its members" until_true 10 in_log '"presence-desk","event":"pusher:subscription_succeeded","data":\{"members":\{.+\},"count":1'
check "a public channel needs no authorization" until_true 10 in_log '"public-news","event":"pusher:subscription_succeeded"'
check "consumption events arrive with an order inside" until_true 20 in_log 'ChargePointConsumption","data":\{"order":\{"id":2149'

CHARGETOP_TOKEN=demo-token "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --no-tls --key demo-key --api-base "" \
    --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" private-orders.2149 public-news >"$work/tail.jsonl" 2>&1 &
pids="$pids $!"
until_true 10 grep -q '"kind":"subscribed".*public-news' "$work/tail.jsonl"
until_true 10 grep -q '"kind":"subscribed".*2149' "$work/tail.jsonl"
echo 'private-orders.2149 client-hello {"n":1}' >&3
check "a client event may be sent" until_true 5 in_log '"triggered":true'
check "and reaches the other subscriber" until_true 5 grep -q '"event":"client-hello","data":{"n":1}' "$work/tail.jsonl"
check "but not its sender" sh -c "! grep -q '\"event\":\"client-hello\"' '$work/js.log'"

# The same events, seen by both from now on: energies of one order in the same order.
energies_js() {
    node -e 'for (const l of require("fs").readFileSync(process.argv[1], "utf8").split("\n")) {
        let o; try { o = JSON.parse(l) } catch (e) { continue }
        if (o.channel === "private-orders.2149" && o.data && o.data.order) console.log(Number(o.data.order.charging_session_energy)) }' "$work/js.log"
}
energies_us() { grep '"kind":"consumption".*"order":"2149"' "$work/tail.jsonl" | sed 's/.*"energy_kwh":\([0-9.]*\).*/\1/'; }
enough() { [ "$(energies_us | wc -l)" -ge 5 ]; }
until_true 30 enough
energies_us | sed '$d' >"$work/us"
all_seen() { energies_js | sort -u >"$work/js.sorted"; sort -u "$work/us" >"$work/us.sorted"; [ -z "$(comm -23 "$work/us.sorted" "$work/js.sorted")" ] && [ -s "$work/us.sorted" ]; }
check "every energy that tail printed reached pusher-js as well" until_true 5 all_seen

cat >"$peers/publish_one.js" <<'JS'
const Pusher = require('pusher')
const p = new Pusher({ appId: 'demo', key: 'demo-key', secret: process.argv[4] || 'demo-secret', host: '127.0.0.1', port: process.argv[2], useTLS: false })
p.trigger('public-news', 'headline', { text: process.argv[3] }).then((r) => console.log(r.status), (e) => { console.log(e.status); process.exit(1) })
JS
check "the official server SDK publishes through the HTTP API" sh -c "node '$peers/publish_one.js' $port first | grep -q 200"
check "and its event arrives at pusher-js" until_true 5 in_log '"event":"headline","data":\{"text":"first"\}'
check "and at tail" until_true 5 grep -q '"event":"headline"' "$work/tail.jsonl"
check "a wrong secret is refused with 401" sh -c "node '$peers/publish_one.js' $port second wrong-secret | grep -q 401"
echo "1..$number"
