# A profile of kind = vms against `chargetop serve --simulate-vms`: login, events, address, logout, beside charging.
number=0
work=$(mktemp -d) || exit 1
pids=""
cleanup() { for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 1' INT TERM
unset PUSHER_URL CHARGETOP_SECRET CHARGETOP_TOKEN CHARGETOP_PASSWORD
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; { cat "$work/log"; tail -n 5 "$work"/*.jsonl "$work"/*.err; } 2>/dev/null | cut -c1-300 | sed 's/^/# /'; fi
}
until_true() {
    _end=$(($(date +%s) + $1)); shift
    while ! "$@" >/dev/null 2>&1; do [ "$(date +%s)" -lt "$_end" ] || return 1; sleep 0.1; done
}
status() { _want=$1; shift; "$@"; [ $? = "$_want" ]; }
"$CHARGETOP" serve --simulate 5 --simulate-vms 8 --seed 7 --speed 100 --fault vms-moved >"$work/serve.log" 2>&1 &
pids="$pids $!"
until_true 10 grep -q '^ready ' "$work/serve.log"
port=$(sed -n 's/^ready ws:..127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve.log")
printf 'demo-token\n' >"$work/password"; printf 'wrong-password\n' >"$work/wrong"; chmod 600 "$work/password" "$work/wrong"
profile() { # NAME PASSWORD-FILE
    printf '[profile %s]\nkind = vms\napi_base = http://127.0.0.1:%s/\nlogin = operator\npassword_file = %s\ntls = no\ndevice_id = d-1\n' "$1" "$port" "$2"
}
{ profile site "$work/password"; profile locked "$work/wrong"
  printf 'demo-token\n' >"$work/token"; chmod 600 "$work/token"
  printf '[profile cars]\ntoken_file = %s\nhost = 127.0.0.1\nport = %s\ntls = no\nkey = demo-key\nauth_endpoint = http://127.0.0.1:%s/broadcasting/auth\napi_base = http://127.0.0.1:%s/api/v1/\ndiscover = yes\n' "$work/token" "$port" "$port" "$port"
} >"$work/conf"
tail_of() { _p=$1; shift; "$CHARGETOP" tail --config "$work/conf" --profile "$_p" "$@"; }
field() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" "$2"; }
wsurl() { curl -s -H 'Authorization: Bearer demo-token' "http://127.0.0.1:$port/api/v1/wsurl"; }

tail_of site >"$work/site.jsonl" 2>"$work/site.err" &
site=$!; pids="$pids $site"
has() { grep -qE -- "$2" "$work/$1.jsonl"; }
check "a login leads to both channels" until_true 10 sh -c "[ \$(grep -c '\"kind\":\"subscribed\",\"channel\":\"private-\\(user.517\\|token\\.\\)' '$work/site.jsonl') = 2 ]"
check "events are typed objects with a line of text" until_true 10 has site '"kind":"vms","channel":"private-user.517","event":"App.*UserPush","type":"analytic_case_license_plate_event_created","holder":"vmsAnalyticEventCreatedSocket","text":"Plate [0-9]{4} [A-Z]{3} @ .*"license_plate":"[0-9]{4} '
types() { [ "$(grep '"kind":"vms"' "$work/site.jsonl" | sed 's/.*"type":"\([^"]*\)".*/\1/' | sort -u | grep -c -v wsurl_error)" = 36 ]; }
check "every type arrives" until_true 20 types
check "every line is one JSON object" sh -c "! grep -vE '^\\{\"time\":\"[^\"]+\",\"kind\":\"[a-z_]+\",.*\\}\$' '$work/site.jsonl'"
check "no line tells a visitor's code" sh -c "grep -q intercom.code.store '$work/site.jsonl' && ! grep -E '\"code\":\"?[0-9]' '$work/site.jsonl'"
check "other users' channels are refused" sh -c "[ \"\$(curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer demo-token' -d 'socket_id=1.2&channel_name=private-user.518' http://127.0.0.1:$port/api/v1/broadcasting/auth)\" = 403 ]"
check "without a token there is no address" sh -c "[ \"\$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:$port/api/v1/wsurl)\" = 401 ]"
check "a wrong password gives 422 as Laravel words it" sh -c "curl -s -d '{\"login\":\"operator\",\"password\":\"x\"}' http://127.0.0.1:$port/api/v1/token | grep -q '\"errors\":{\"login\":\\[\"These credentials do not match our records.\"\\]}'"
check "a refused login gives 3" status 3 sh -c "'$CHARGETOP' tail --config '$work/conf' --profile locked --for 20s 2>'$work/locked.err' >'$work/locked.jsonl'"
check "and says why in one line" grep -q '^chargetop: refused as it was sent (422): login: These credentials do not match our records.$' "$work/locked.err"
check "a refused token gives 3" status 3 env CHARGETOP_TOKEN=stale "$CHARGETOP" tail --kind vms --api-base "http://127.0.0.1:$port" --no-tls --user-id 517 --for 20s
check "a token with its user's id is enough" sh -c "CHARGETOP_TOKEN=demo-token '$CHARGETOP' tail --kind vms --api-base http://127.0.0.1:$port/api/v1 --no-tls --user-id 517 --count 4 | grep -q '\"kind\":\"subscribed\",\"channel\":\"private-user.517\"'"
check "a token alone names no channel" status 2 env CHARGETOP_TOKEN=demo-token "$CHARGETOP" tail --kind vms --api-base "http://127.0.0.1:$port" --no-tls
check "without --no-tls a plain address is refused" status 4 env CHARGETOP_TOKEN=demo-token "$CHARGETOP" tail --kind vms --api-base "http://127.0.0.1:$port" --user-id 517 --for 20s
check "channels that are all refused give 3" status 3 env CHARGETOP_TOKEN=demo-token "$CHARGETOP" tail --kind vms --api-base "http://127.0.0.1:$port" --no-tls --user-id 518 --for 20s
check "a back end is needed" status 2 env CHARGETOP_TOKEN=demo-token "$CHARGETOP" tail --kind vms --profile site --config /dev/null
doctor() { _d=$1; shift; "$CHARGETOP" doctor --config "$work/conf" --profile "$_d" "$@" </dev/null >"$work/doctor.log" 2>&1; }
step() { grep -qE "^$1 +$2 " "$work/doctor.log"; }
words() { tr -s ' \n' '  ' <"$work/doctor.log" | grep -q -e "$1"; }
check "doctor goes the way of a video back end" status 0 doctor site
for s in configuration login address DNS TCP upgrade hello authorization subscription "first event"; do
    check "doctor: $s is ok" step ok "$s"
done
check "doctor tells the ids, the address and the first event in words" sh -c "tr -s ' \n' '  ' <'$work/doctor.log' | grep -q 'user 517, token .* wsurl: ws://127.0.0.1:.*/app/demo-key.* signature for private-user.517.* confirmed private-user.517'"
check "doctor shows neither token nor password" sh -c "! grep -q demo-token '$work/doctor.log'"
check "doctor for programs" status 0 doctor site --json
check "doctor names each step" sh -c "grep -q '\"step\":\"login\",\"result\":\"ok\",\"took_ms\":[0-9]' '$work/doctor.log' && grep -q '\"step\":\"address\",\"result\":\"ok\"' '$work/doctor.log' && grep -q '\"step\":\"first event\",\"result\":\"ok\"' '$work/doctor.log'"
check "doctor: a refused login gives 3" status 3 doctor locked
check "doctor: at the login, with the fix" sh -c "grep -qE '^FAIL login ' '$work/doctor.log' && tr -s ' \n' '  ' <'$work/doctor.log' | grep -q 'do not match our records. what .* fix .* more chargetop explain vms-login'"
check "doctor: what follows is left out" step skip address
check "doctor: a refused token gives 3" status 3 env CHARGETOP_TOKEN=stale "$CHARGETOP" doctor --kind vms --api-base "http://127.0.0.1:$port" --no-tls --user-id 517
CHARGETOP_TOKEN=stale "$CHARGETOP" doctor --kind vms --api-base "http://127.0.0.1:$port" --no-tls --user-id 517 >"$work/doctor.log" 2>&1
check "doctor: at the address" step FAIL address
CHARGETOP_TOKEN=demo-token "$CHARGETOP" doctor --kind vms --api-base "http://127.0.0.1:$port" --no-tls --user-id 518 >"$work/doctor.log" 2>&1
check "doctor: a channel of somebody else gives 3" [ $? = 3 ]
check "doctor: at the authorization, by its name" words 'FAIL authorization [0-9]* ms private-user.518: HTTP 403'
CHARGETOP_TOKEN=demo-token "$CHARGETOP" doctor --kind vms --api-base "http://127.0.0.1:1" --no-tls --user-id 517 >"$work/doctor.log" 2>&1
check "doctor: a back end that is not there gives 4" [ $? = 4 ]
check "doctor: as refused" words 'chargetop explain refused'
CHARGETOP_TOKEN=demo-token "$CHARGETOP" doctor --kind vms --api-base "http://127.0.0.1:$port" --user-id 517 >"$work/doctor.log" 2>&1
check "doctor: a plain socket without --no-tls gives 4" [ $? = 4 ]
check "doctor: as the address" words 'without TLS: give --no-tls .* chargetop explain vms-address'
check "doctor: there is no order to name" status 2 doctor site 2149
check "watch-order has no meaning for cameras" status 2 sh -c "'$CHARGETOP' watch-order --config '$work/conf' --profile site 2149 2>'$work/watch.err'"
check "and says so in one line" sh -c "[ \$(wc -l <'$work/watch.err') = 1 ] && grep -q \"profile 'site' is kind = vms: it has cameras and intercoms, no charging orders; chargetop tail --profile site\" '$work/watch.err'"
tail_of cars,site --count 150 >"$work/both.jsonl" 2>"$work/both.err"
check "charging and cameras come together, each by its name" sh -c "grep -q '\"kind\":\"consumption\",\"channel\":\"private-orders' '$work/both.jsonl' && grep -q '\"kind\":\"vms\",\"profile\":\"site\"' '$work/both.jsonl'"
check "raw frames have no visitor's code either" sh -c "! '$CHARGETOP' tail --config '$work/conf' --profile site --raw --count 200 | grep intercom_code | grep -E 'code[^a-z_]{3,9}[0-9]'"
check "when the socket moves its address is fetched again" until_true 30 has site '"kind":"vms",.*"type":"wsurl_error","holder":"vmsErrorSocket","text":"Socket failed, fetching a new address'
moved() { [ "$(grep -c '"state":"connected"' "$work/site.jsonl")" -ge 2 ] && [ "$(grep -c '"kind":"subscribed"' "$work/site.jsonl")" -ge 4 ]; }
check "and both channels are joined at the new one" until_true 30 moved
check "which wsurl names with its prefix" sh -c "curl -s -H 'Authorization: Bearer demo-token' http://127.0.0.1:$port/api/v1/wsurl | grep -q '\"ws_url\":\"ws://127.0.0.1:[0-9]*/ws\"'"
socket=$(wsurl | sed 's/.*127.0.0.1:\([0-9]*\).*/\1/')
session=$(field channel "$work/site.jsonl" | grep private-token | head -n 1)
CHARGETOP_SECRET=demo-secret "$CHARGETOP" trigger --host 127.0.0.1 --port "$socket" --no-tls --path /ws --app-id demo --key demo-key -c "$session" -e 'App\Events\TokenPush' -d '{"data":{"type":"logout","status":"ok","data":null},"subject":"Closed by the administrator","message":null}' >"$work/trigger.log" 2>&1
gone() { ! kill -0 "$site"; }
check "a logout ends the program" until_true 10 gone
wait "$site"; left=$?
check "with status 3" [ "$left" = 3 ]
check "and a clear line" grep -q '^chargetop: Logged out: Closed by the administrator$' "$work/site.err"
check "the logout itself is an event" has site '"type":"logout","holder":"vmsLogoutSocket","text":"Logged out: Closed by the administrator","severity":"error"'
check "the demo shows both" sh -c "'$CHARGETOP' demo --vms --seed 3 --once --for 8s --size 200x60 | grep -q 'video  *up .*2 of 2 channels'"
echo "1..$number"
