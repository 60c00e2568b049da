# --record and --replay: what is kept, that a replay shows what was seen, and what goes wrong in one line.
number=0
work=$(mktemp -d) || exit 1
pids=""
cleanup() { for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 1' INT TERM
unset PUSHER_URL CHARGETOP_SECRET CHARGETOP_TOKEN CHARGETOP_PASSWORD
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; { cat "$work/log"; tail -n 5 "$work"/*.err; } 2>/dev/null | cut -c1-300 | sed 's/^/# /'; fi
}
until_true() {
    _end=$(($(date +%s) + $1)); shift
    while ! "$@" >/dev/null 2>&1; do [ "$(date +%s)" -lt "$_end" ] || return 1; sleep 0.1; done
}
status() { _want=$1; shift; "$@"; [ $? = "$_want" ]; }
same() { cmp "$work/$1" "$work/$2"; }
# Times as of the recording differ by the milliseconds in which clocks are read one after the other.
rough() { sed 's/\(T[0-9:]*\)\.[0-9]*Z/\1Z/g; s/\("[a-z_]*_s":[0-9]*\)\.[0-9]*/\1/g' "$1"; }

"$CHARGETOP" serve --simulate 6 --simulate-vms 8 --seed 7 --speed 100 >"$work/serve.log" 2>&1 &
pids="$pids $!"
until_true 10 grep -q '^ready ' "$work/serve.log"
port=$(sed -n 's/^ready ws:..127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve.log")
printf 'demo-token\n' >"$work/token"; chmod 600 "$work/token"
cat >"$work/conf" <<END
[profile site]
kind = vms
api_base = http://127.0.0.1:$port/
login = operator
password_file = $work/token
tls = no
[profile cars]
token_file = $work/token
host = 127.0.0.1
port = $port
tls = no
key = demo-key
auth_endpoint = http://127.0.0.1:$port/broadcasting/auth
api_base = http://127.0.0.1:$port/api/v1/
discover = yes
record = $work/cars.db
END
tail_of() { _p=$1; shift; "$CHARGETOP" tail --config "$work/conf" --profile "$_p" "$@"; }
replay() { "$CHARGETOP" tail --config "$work/conf" --replay "$@"; }

tail_of cars --count 60 >"$work/cars.live" 2>"$work/cars.err"
check "a profile's key records" test -s "$work/cars.db"
replay "$work/cars.db" >"$work/cars.again"
head -n 60 "$work/cars.again" >"$work/cars.head"
check "tail --replay prints what tail printed" same cars.live cars.head
check "raw frames come again byte for byte" sh -c "'$CHARGETOP' tail --replay '$work/cars.db' --raw | grep -q '^{\"event\":\"pusher:connection_established\",\"data\":\"{'"
tail_of cars,site --count 150 --record "$work/both.db" >"$work/both.live" 2>"$work/both.err"
replay "$work/both.db" >"$work/both.again"
head -n 150 "$work/both.again" >"$work/both.head"
check "two connections come again as two, each by its name" same both.live both.head
check "and the option wins over the key" sh -c "grep -q '\"kind\":\"vms\",\"profile\":\"site\"' '$work/both.head' && ! cmp '$work/both.db' '$work/cars.db'"

"$CHARGETOP" tail --config "$work/conf" --profile site --count 250 --record "$work/vms.db" >"$work/vms.live" 2>"$work/vms.err"
replay "$work/vms.db" >"$work/vms.again"
head -n 250 "$work/vms.again" >"$work/vms.head"
check "events of cameras and intercoms come again" same vms.live vms.head
if command -v sqlite3 >/dev/null 2>&1; then
    check "and are found in the file" sh -c "[ \$(sqlite3 '$work/vms.db' \"SELECT count(*) > 5 FROM event WHERE kind = 'frame' AND json_extract(data, '\$.type') IS NOT NULL\") = 1 ]"
fi
check "no visitor's code is in the file" sh -c "'$CHARGETOP' tail --replay '$work/vms.db' --raw >'$work/vms.raw' && grep -q intercom_code '$work/vms.raw' && ! grep intercom_code '$work/vms.raw' | grep -E 'code[^a-z_]{3,9}[0-9]'"
check "no token, password or signature is in any file" sh -c "! grep -alE 'demo-token|demo-secret|demo-key:[0-9a-f]{64}|[0-9a-f]{64}' '$work'/*.db"

"$CHARGETOP" demo --seed 3 --orders 12 --speed 30 --notices --vms --channel news --json --for 8s --record "$work/demo.db" >"$work/live.json"
"$CHARGETOP" --replay "$work/demo.db" --json >"$work/again.json"
rough "$work/live.json" >"$work/live.rough"; rough "$work/again.json" >"$work/again.rough"
check "the picture of a replay is that of the run" same live.rough again.rough
check "a replay ends with 0 and needs no server" status 0 "$CHARGETOP" tail --replay "$work/demo.db" --config /dev/null
check "notifications come again" sh -c "'$CHARGETOP' tail --replay '$work/demo.db' | grep -q '\"kind\":\"notice\"'"
check "--speed waits as it was, only shorter" sh -c "'$CHARGETOP' tail --replay '$work/demo.db' --speed 20 | wc -l | grep -qx \"\$('$CHARGETOP' tail --replay '$work/demo.db' | wc -l)\""
first=$("$CHARGETOP" tail --replay "$work/demo.db" | sed -n '1s/{"time":"\([^"]*\)".*/\1/p')
check "--until ends it" sh -c "[ \$('$CHARGETOP' tail --replay '$work/demo.db' --until '$first' | wc -l) = 0 ]"
check "--from and --until must be times" status 2 "$CHARGETOP" tail --replay "$work/demo.db" --from yesterday
check "and in order" status 2 "$CHARGETOP" tail --replay "$work/demo.db" --from 2026-05-04T10:00 --until 2026-05-04T09:00
check "the file is for its owner alone" sh -c "ls -l '$work/demo.db' | grep -q '^-rw-------'"
"$CHARGETOP" demo --seed 4 --orders 2 --json --for 1s --record "$work/demo.db" >/dev/null
check "a second run is added to the first" sh -c "[ \$('$CHARGETOP' tail --replay '$work/demo.db' --raw | grep -c connection_established) -ge 2 ]"

check "a recording that is not there ends with 2" status 2 "$CHARGETOP" tail --replay "$work/none.db"
printf 'these are not the bytes of a data base, but of a text that somebody wrote\n' >"$work/text.db"
check "a file that is no recording as well" status 2 "$CHARGETOP" tail --replay "$work/text.db"
check "told in one line" sh -c "[ \"\$('$CHARGETOP' tail --replay '$work/text.db' 2>&1)\" = 'chargetop: $work/text.db: the file is no recording; name another one' ]"
check "--record and --replay do not go together" status 2 "$CHARGETOP" tail --replay "$work/demo.db" --record "$work/x.db"
check "--speed without a replay is a mistake" status 2 tail_of cars --speed 3 --count 1
check "a replay takes no orders" status 2 "$CHARGETOP" tail --replay "$work/demo.db" 2149
check "tail does not begin without its recording" status 2 tail_of cars --record "$work/none/x.db" --count 1
"$CHARGETOP" tail --config "$work/conf" --profile cars --for 60s --record "$work/busy.db" >/dev/null 2>"$work/busy.err" &
busy=$!; pids="$pids $busy"
check "while it is recorded into" until_true 10 test -s "$work/busy.db"
check "nobody else records into it" status 2 tail_of cars --record "$work/busy.db" --count 1
events() { "$CHARGETOP" tail --replay "$work/busy.db" --raw | wc -l; }
check "it can be replayed" until_true 10 sh -c "[ \$('$CHARGETOP' tail --replay '$work/busy.db' --raw | wc -l) -gt 5 ]"
before=$(events)
kill -9 "$busy"; wait "$busy" 2>/dev/null
check "kill -9 leaves what was written" sh -c "[ $(events) -ge $before ]"
check "and the next run goes on" sh -c "'$CHARGETOP' tail --config '$work/conf' --profile cars --record '$work/busy.db' --count 3 >/dev/null && [ \$('$CHARGETOP' tail --replay '$work/busy.db' --raw | grep -c connection_established) = 2 ]"
"$CHARGETOP" tail --config "$work/conf" --profile cars --for 60s --record "$work/term.db" >"$work/term.live" 2>"$work/term.err" &
term=$!; pids="$pids $term"
until_true 10 grep -q consumption "$work/term.live"
kill -TERM "$term"; wait "$term"
check "SIGTERM writes what is open" sh -c "'$CHARGETOP' tail --replay '$work/term.db' >'$work/term.again' && [ \$(wc -l <'$work/term.again') -ge \$(wc -l <'$work/term.live') ]"
check "and leaves one file" sh -c "[ ! -e '$work/term.db-wal' ] && [ ! -e '$work/term.db-shm' ]"
# Half-kilobytes: no file may grow beyond 1.5 MB.
sh -c "ulimit -f 3000; exec '$CHARGETOP' tail --config '$work/conf' --profile cars --count 1500 --record '$work/full.db'" 2>"$work/full.err" | cat >"$work/full.live"
check "when there is no room tail goes on" sh -c "[ \$(wc -l <'$work/full.live') = 1500 ]"
check "and says why nothing is recorded, once" sh -c "[ \$(grep -c '^chargetop: not recording: .*full.db: the file may not grow any further' '$work/full.err') = 1 ]"
check "what was written before is whole" sh -c "'$CHARGETOP' tail --replay '$work/full.db' | wc -l | grep -qE '^ *[1-9]'"
if [ "$(id -u)" != 0 ]; then
    chmod 400 "$work/term.db"
    check "a file that cannot be written is told" status 2 tail_of cars --record "$work/term.db" --count 1
fi
echo "1..$number"
