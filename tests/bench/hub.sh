#!/bin/sh
# hub.sh BENCH: our server and soketi in turn, each as a process of its own, under the same load (BENCH).
# Without npm only ours is measured.
set -eu
cd "$(dirname "$0")/../.."
bench=$1
. tests/e2e/lib.sh

# shellcheck disable=SC3045 # every sh there is has it
ulimit -n "$(ulimit -Hn)"
cat >"$work/config.ini" <<INI
[app bench]
key = bench-key
secret = bench-secret
INI

start_ours() {
    "$CHARGETOP" serve --apps "$work/config.ini" --port "$port" >"$work/ours.log" 2>&1 &
    pid=$!; pids="$pids $pid"
    until_true 10 grep -q '^ready' "$work/ours.log"
}

start_soketi() {
    SOKETI_DEFAULT_APP_ID=bench SOKETI_DEFAULT_APP_KEY=bench-key SOKETI_DEFAULT_APP_SECRET=bench-secret \
        SOKETI_HOST=127.0.0.1 SOKETI_PORT=$port SOKETI_METRICS_ENABLED=0 \
        node "$peers/node_modules/@soketi/soketi/bin/server.js" start >"$work/soketi.log" 2>&1 &
    pid=$!; pids="$pids $pid"
    until_true 30 curl -sf "http://127.0.0.1:$port/ready"
}

servers=ours
if command -v npm >/dev/null; then
    install_peers >/dev/null
    servers="ours soketi"
fi
for load in "idle 10000" "crowd 1000" "wide 10000"; do
    for server in $servers; do
        port=$(free_port)
        "start_$server" || { cat "$work/$server.log"; exit 1; }
        # shellcheck disable=SC2086 # two words on purpose
        printf '%-7s %s\n' "$server" "$("$bench" "$port" "$pid" $load)"
        kill "$pid"; wait "$pid" 2>/dev/null || true
    done
done
