# One picture or one set of data in a pipe, and orders watched to their end, against the program's own server.
number=0
work=$(mktemp -d) || exit 1
pids=""
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; rm -rf "$work"' EXIT
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
# status N COMMAND...: succeeds when the command ends with N
status() { _n=$1; shift; "$@" </dev/null >"$work/out" 2>"$work/err"; _got=$?; [ $_got = "$_n" ] || { echo "status $_got, not $_n"; cat "$work/err"; return 1; }; }
one_line() { [ "$(wc -l <"$work/err")" = 1 ]; }
shows() { grep -qF -e "$1" "$work/out"; }
demo() { _n=$1; shift; status "$_n" timeout 30 "$CHARGETOP" demo --seed 3 --orders 12 "$@"; }

check "the screen refuses a pipe with 2" status 2 "$CHARGETOP" demo
check "in one line" one_line
check "that names --once" grep -q -e --once "$work/err"

check "--once prints one picture without a terminal" demo 0 --once
check "with the header" shows "LINK up"
check "and the orders" shows CHRG
check "40 lines of it" test "$(wc -l <"$work/out")" = 40
check "without an escape" sh -c "! grep -q \"\$(printf '\\033')\" '$work/out'"
check "without the line of keys" sh -c "! grep -q 'help  q' '$work/out'"
check "--size is obeyed" demo 0 --once --ascii --size 60x20
check "in both directions" sh -c "[ \$(wc -l <'$work/out') = 20 ] && ! awk 'length > 60 {bad = 1} END {exit !bad}' '$work/out'"
check "COLUMNS and LINES as well" status 0 env COLUMNS=50 LINES=12 timeout 30 "$CHARGETOP" demo --seed 3 --once
check "where --size is not given" test "$(wc -l <"$work/out")" = 12
check "a size that is none is refused" demo 2 --once --size 60
check "and an impossible one" demo 2 --once --size 0x9
check "--color=always colours it" sh -c "timeout 30 '$CHARGETOP' demo --seed 3 --once --color=always | grep -q \"\$(printf '\\033\\\\[0;')\""
check "a C locale is drawn in ASCII without being told" status 0 env LC_ALL=C timeout 30 "$CHARGETOP" demo --seed 3 --once
check "names of other scripts included" sh -c "! LC_ALL=C grep -q '[^ -~]' '$work/out'"
check "a filter hides what does not answer it" demo 0 --csv --filter status:done
check "in data" awk -F, 'NR > 1 && $3 != "completed" {exit 1}' "$work/out"
check "a filter in the picture" demo 0 --once --ascii --filter status:stall
check "is named in its title" shows "status:stall"
check "--json has the notifications" demo 0 --json --notices --for 6s
check "as objects beside the orders" grep -q '"notices":\[{"time":"[^"]*","kind":"toast","level":"[a-z_]*","state":[^,]*,"text":"' "$work/out"
check "--csv --table notices prints them" demo 0 --csv --table notices --notices --for 6s
check "with a row of names" sh -c "head -n 1 '$work/out' | tr -d '\\r' | grep -qx 'time,kind,level,state,text,link,path,order,channel,job,profile'"
check "and a row for each" sh -c "[ \$(wc -l <'$work/out') -ge 2 ] && grep -q ',toast,' '$work/out'"
check "--ndjson --table notices one object for each" demo 0 --ndjson --table notices --notices --for 6s
check "a line" sh -c "! grep -vE '^\{\"time\":\"[^\"]*\",\"kind\":\"' '$work/out' && [ -s '$work/out' ]"
check "--table without those two is refused" demo 2 --json --table notices
check "in one line" one_line
check "a filter that is none is refused" demo 2 --once --filter nope:x
check "in one line" one_line
check "--sort is obeyed" demo 0 --csv --sort "order inverted"
check "by every row" awk -F, 'NR > 2 && $2 + 0 > last {exit 1} NR > 1 {last = $2 + 0}' "$work/out"
check "--columns is obeyed" demo 0 --once --ascii --columns st,order,kwh
check "and hides the others" sh -c "! grep -q 'CHARGE POINT' '$work/out'"
check "an unknown column is refused" demo 2 --once --columns st,nope
check "two kinds at once are refused" demo 2 --once --json

check "--json prints one object" demo 0 --json
check "on one line" test "$(wc -l <"$work/out")" = 1
check "that begins with the version" grep -qE '^\{"version":"[0-9.]+","complete":true,"time":"' "$work/out"
check "and tells the link" shows '"link":{"state":"connected"'
check "--ndjson prints one object an order" demo 0 --ndjson
check "and nothing else" sh -c "! grep -qv '^{\"time\":.*}\$' '$work/out' && [ \$(wc -l <'$work/out') -ge 8 ]"
check "--csv prints a row of names" demo 0 --csv
check "with units" sh -c "head -n 1 '$work/out' | grep -q 'energy_kwh,power_kw'"
check "and as many cells in each row" awk -F, 'NR == 1 {n = NF} NF != n {exit 1}' "$work/out"
check "with time the powers are known" demo 0 --csv --for 25s
check "of every order that charges" awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "power_kw") c = i} NR > 1 && $3 == "charging" && $c == "" {exit 1}' "$work/out"
check "--every repeats until --for is over" demo 0 --csv --every 1s --for 8s
check "with one row of names" test "$(grep -c '^time,' "$work/out")" = 1
check "and several moments" sh -c "[ \$(cut -d, -f1 '$work/out' | sort -u | wc -l) -ge 3 ]"
for kind in --once --json --ndjson --csv; do
    check "$kind stops quietly on a closed pipe" sh -c "{ timeout 30 '$CHARGETOP' demo --seed 3 --orders 500 $kind --every 1s 2>'$work/err'; echo \$? >'$work/status'; } | head -c 20 >/dev/null; [ ! -s '$work/err' ] && [ \$(cat '$work/status') = 0 ]"
done

# serve SPEED: a server whose port is in $port. The file is emptied first, or the line of the server
# before could be taken for that of this one.
serve() {
    : >"$work/serve"
    "$CHARGETOP" serve --port 0 --simulate 3 --seed 1 --speed "$1" >"$work/serve" 2>"$work/serve.err" &
    pids="$pids $!"
    i=0; while [ $i -lt 300 ] && ! grep -q ready "$work/serve"; do sleep 0.1; i=$((i + 1)); done
    port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve")
}
serve 60
echo demo-token >"$work/token"; chmod 600 "$work/token"
with() { _n=$1; shift; _c=$1; shift; status "$_n" timeout 60 "$CHARGETOP" "$_c" --host 127.0.0.1 --port "$port" --key demo-key --no-tls --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" --api-base "http://127.0.0.1:$port/api/v1/" --token-file "$work/token" "$@"; }
orders() { "$CHARGETOP" watch --host 127.0.0.1 --port "$port" --key demo-key --no-tls --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" --api-base "http://127.0.0.1:$port/api/v1/" --token-file "$work/token" --discover --csv | awk -F, '$3 == "charging" {print $2; exit}'; }
check "a snapshot of a server out there" with 0 watch --discover --ndjson --for 10s
check "without orders or --discover there is nothing to show" with 2 watch --json
check "a snapshot without a server ends with 4" status 4 timeout 30 "$CHARGETOP" watch --host 127.0.0.1 --port 1 --key k --no-tls --once --for 500ms 2149
check "and prints nothing" test ! -s "$work/out"
check "but what stood in the way" grep -q "connection refused" "$work/err"
check "a wrong token ends it with 3" status 3 timeout 30 "$CHARGETOP" watch --host 127.0.0.1 --port "$port" --key demo-key --no-tls --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" --token-command "echo wrong" --json --for 10s 2149
check "in one line" one_line
check "a missing token file is named" status 3 timeout 30 "$CHARGETOP" watch --host 127.0.0.1 --port "$port" --key demo-key --no-tls --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" --token-file "$work/none" --json --for 10s 2149
check "not called refused" grep -q "no token: token file .*/none does not exist" "$work/err"
check "what the environment holds does not make a snapshot" status 2 env CHARGETOP_ONCE=1 timeout 30 "$CHARGETOP" demo

order=$(orders)
check "it ends earlier when asked to" with 0 watch-order "$order" --until charging --for 30s
check "as JSON too" with 0 watch-order "$order" --until charging --for 30s --json
check "one object a line" sh -c "! grep -qv '^{.*}\$' '$work/out' && tail -n 1 '$work/out' | grep -q '\"reached\":true'"
check "an order that ends otherwise gives 1" with 1 watch-order 9999999 --for 30s
check "and how" shows "gone"
check "too little time gives 5" with 5 watch-order "$order" --until offline --for 1s
check "no connection gives 4" status 4 timeout 30 "$CHARGETOP" watch-order --host 127.0.0.1 --port 1 --key k --no-tls --for 500ms 2149
check "and why" grep -q "connection refused" "$work/err"
check "a refusal gives 3" status 3 timeout 30 "$CHARGETOP" watch-order --host 127.0.0.1 --port "$port" --key demo-key --no-tls --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" --token-command "echo wrong" --for 20s "$order"
serve 600
order=$(orders)
check "watch-order follows an order to its end" with 0 watch-order "$order" --for 50s
check "from state to state" grep -qE "^[0-9:]{8} $order [a-z]+ > completed +[0-9.]+ kWh" "$work/out"
check "and says how it ended" grep -qE "^[0-9:]{8} $order end: completed\$" "$work/out"
check "with its receipt as the last line" sh -c "tail -n 1 '$work/out' | grep -qE '^[0-9:]{8} $order .*: [0-9.]+ kWh in .*; '"
check "several orders are watched together" with 1 watch-order "$order" 9999999 --for 50s
check "each to its own end" sh -c "grep -q '9999999 end: gone' '$work/out' && grep -q '$order end: ' '$work/out' && ! grep -q 'left the list' '$work/out'"
check "no order is a usage error" with 2 watch-order
check "an unknown state too" with 2 watch-order "$order" --until finished
echo "1..$number"
