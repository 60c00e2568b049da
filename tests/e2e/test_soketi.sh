# A real soketi, the official server SDK as publisher, an authorization endpoint: 50 private orders.
. tests/e2e/lib.sh
install_peers

orders=50 first=5001
port=$(free_port)
ids=$(seq $first $((first + orders - 1)) | tr '\n' ' ')
BACKEND_TOKEN=soketi-test-token; export BACKEND_TOKEN
connect="--host 127.0.0.1 --port $port --no-tls --key app-key"

start_soketi() {
    SOKETI_DEFAULT_APP_ID=app-id SOKETI_DEFAULT_APP_KEY=app-key SOKETI_DEFAULT_APP_SECRET=app-secret \
        SOKETI_HOST=127.0.0.1 SOKETI_PORT=$port SOKETI_METRICS_ENABLED=0 \
        node "$peers/node_modules/@soketi/soketi/bin/server.js" start >>"$work/soketi.log" 2>&1 &
    soketi=$!; pids="$pids $soketi"
    until_true 30 curl -sf "http://127.0.0.1:$port/ready"
}
lines() { grep -c "\"kind\":\"$1\"" "$work/tail.jsonl"; }
at_least() { [ "$(lines "$1")" -ge "$2" ]; }
screen() { tmux -L "ct$$" capture-pane -p -t dash; }
screen_has() { screen | grep -qE "$1"; }
tell() { echo "$1" >&3; until_true 60 grep -q "^$2" "$work/backend.log"; }

check "soketi starts" start_soketi
mkfifo "$work/in"
(cd "$peers" && exec node backend.js "$port" $orders) <"$work/in" >"$work/backend.log" 2>&1 &
pids="$pids $!"
exec 3>"$work/in"
until_true 20 grep -q '^auth ' "$work/backend.log"
auth="http://127.0.0.1:$(sed -n 's/^auth //p' "$work/backend.log")/broadcasting/auth"

# shellcheck disable=SC2086 # words on purpose
CHARGETOP_TOKEN=$BACKEND_TOKEN "$CHARGETOP" tail $connect --api-base "" --auth-endpoint "$auth" $ids \
    >"$work/tail.jsonl" 2>"$work/tail.err" &
tail_pid=$!; pids="$pids $tail_pid"
check "tail subscribes to all 50 private orders" until_true 20 at_least subscribed $orders

tmux -L "ct$$" -f /dev/null new-session -d -s dash -x 120 -y 40 \
    "CHARGETOP_TOKEN=$BACKEND_TOKEN TERM=tmux-256color $CHARGETOP $connect --api-base '' --auth-endpoint $auth --window 1m $ids"
check "the dashboard subscribes to them as well" until_true 20 screen_has '50 of 50 subs'

tell "publish 10" "published 10"
check "500 events arrive at tail" until_true 30 at_least consumption 500
check "each exactly once and in order per channel, with power 7.5 kW" \
    node "$peers/compare.js" "$work/tail.jsonl" $orders 1 10
check "the dashboard shows the energy that was sent" until_true 10 screen_has '5001 .*1\.25'
check "and the power derived from it" until_true 10 screen_has '5001 .*7\.5'

kill -9 "$soketi"; wait "$soketi" 2>/dev/null
check "a killed server shows in the header" until_true 10 screen_has 'LINK (down|connecting|unavailable)'
check "and as a state line with the time of the next try" \
    until_true 10 grep -qE '"kind":"state".*"retry_in_ms":[0-9]' "$work/tail.jsonl"
check "soketi starts again" start_soketi
check "all 50 are subscribed again by themselves" until_true 60 at_least subscribed $((orders * 2))
check "the dashboard's subscriptions too" until_true 60 screen_has '50 of 50 subs'
tell "publish 5" "published 15"
check "250 more events arrive" until_true 30 at_least consumption 750
check "again each exactly once and in order" node "$peers/compare.js" "$work/tail.jsonl" $orders 11 15
check "the gap is on the rail under the plot" until_true 20 screen_has '^.?rail.*:'
screen >"$work/screen.txt"
tell "complete $first" "completed $first"
check "a completed order ends as completed" until_true 10 grep -q '"kind":"completed".*"order":"5001"' "$work/tail.jsonl"
tmux -L "ct$$" send-keys -t dash 1 1 G
check "and turns DONE on the screen, at the end of the list" until_true 10 screen_has 'DONE +5001'

kill -INT "$tail_pid"; wait "$tail_pid"; status=$?
check "tail ends with 0 when interrupted" [ "$status" = 0 ]
check "the token is in no output" sh -c "! grep -q '$BACKEND_TOKEN' '$work/tail.jsonl' '$work/tail.err' '$work/screen.txt'"

# shellcheck disable=SC2086
CHARGETOP_TOKEN=$BACKEND_TOKEN timeout 20 "$CHARGETOP" tail $connect --api-base "" --auth-endpoint "$auth" --for 3s 5002 403 \
    >"$work/one.jsonl" 2>&1
check "a 403 concerns one order only" sh -c "grep -q '\"kind\":\"denied\".*orders.403' '$work/one.jsonl' && grep -q '\"kind\":\"subscribed\".*orders.5002' '$work/one.jsonl'"
# shellcheck disable=SC2086
CHARGETOP_TOKEN=wrong-token timeout 20 "$CHARGETOP" tail $connect --api-base "" --auth-endpoint "$auth" 5002 >"$work/bad.jsonl" 2>&1
status=$?
check "a refused token from the environment ends with status 3" [ $status = 3 ]
# shellcheck disable=SC2086
timeout 30 "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --no-tls --key wrong-key --for 20s x.1 >"$work/key.jsonl" 2>&1
status=$?
check "an unknown app key ends with status 4" [ $status = 4 ]
tmux -L "ct$$" send-keys -t dash q
check "q ends the dashboard" until_true 10 sh -c "! tmux -L ct$$ has-session -t dash"
echo "1..$number"
