# `chargetop doctor` against the embedded server: everything works, and each way in which it does not.
number=0
work=$(mktemp -d) || exit 1
pids=""
trap 'for p in $pids; do kill -CONT "$p" 2>/dev/null; kill "$p" 2>/dev/null; done; rm -rf "$work"' EXIT
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" "$work/out" | tail -n 30; fi
}
status() { _n=$1; shift; timeout 60 "$@" </dev/null >"$work/out" 2>"$work/err"; _got=$?; [ $_got = "$_n" ] || { echo "status $_got, not $_n"; cat "$work/err"; return 1; }; }
step() { grep -qE "^$1 +$2 " "$work/out"; }
says() { tr -s ' \n' '  ' <"$work/out" | grep -q -e "$1"; }
# serve NAME OPTION...: the port is in $port
serve() {
    _f=$work/$1; shift
    "$CHARGETOP" serve --port 0 --seed 1 --speed 60 "$@" >"$_f" 2>"$_f.err" &
    pids="$pids $!"; last=$!
    _i=0; while [ $_i -lt 100 ] && ! grep -q ready "$_f"; do sleep 0.1; _i=$((_i + 1)); done
    port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' "$_f")
}
unset NO_COLOR https_proxy http_proxy all_proxy HTTPS_PROXY HTTP_PROXY ALL_PROXY
CHARGETOP_CONFIG="$work/empty.conf"; : >"$CHARGETOP_CONFIG"; export CHARGETOP_CONFIG
CHARGETOP_TOKEN=demo-token; export CHARGETOP_TOKEN

serve plain --simulate 3
plain=$port; plain_pid=$last
at() { echo "--host 127.0.0.1 --no-tls --port $plain --auth-endpoint http://127.0.0.1:$plain/broadcasting/auth"; }
rest() { echo "--api-base http://127.0.0.1:$plain/api/v1/"; }
# shellcheck disable=SC2046
{
check "a server that works gives 0" status 0 "$CHARGETOP" doctor $(at) $(rest) --key demo-key
for s in configuration DNS TCP upgrade hello authorization subscription "first event"; do
    check "$s is ok" step ok "$s"
done
check "the socket id is told" says 'socket [0-9]*\.[0-9]*, activity limit'
check "the first order of the list is followed" says 'signature for private-orders\.[0-9]'
check "no escape sequence without a terminal" sh -c "! grep -q '$(printf '\033')' '$work/out'"
check "the token is not shown" sh -c "! grep -q demo-token '$work/out'"
check "the terminal is looked at" says 'locale '
check "in 80 columns" sh -c "LC_ALL=C.UTF-8 grep -E '^.{81}' '$work/out' && exit 1; exit 0"

check "JSON for programs" status 0 "$CHARGETOP" doctor $(at) $(rest) --key demo-key --json
check "has each step" sh -c "grep -q '\"step\":\"first event\",\"result\":\"ok\"' '$work/out' && grep -q '\"step\":\"TLS\",\"result\":\"skip\",\"took_ms\":null' '$work/out'"
check "the terminal" grep -q '"terminal":{"tty":false' "$work/out"
check "and one line" sh -c "[ \$(wc -l <'$work/out') = 1 ]"

check "an order that is not charging has no event: a note" status 0 "$CHARGETOP" doctor $(at) --key demo-key --for 300ms 999999
check "not a failure" step note "first event"
check "without an order the last steps are left out" status 0 "$CHARGETOP" doctor $(at) --key demo-key
check "and it is said why" says 'no order was named'

check "a wrong key gives 4" status 4 "$CHARGETOP" doctor $(at) --key wrong-key
check "at the hello" step FAIL hello
check "with the code's explanation" says 'chargetop explain 4001'
check "and what to do" says 'fix Compare --key'
check "what follows is skipped" step skip subscription
check "a refused token gives 3" status 3 env CHARGETOP_TOKEN=wrong "$CHARGETOP" doctor $(at) --key demo-key 2149
check "at the authorization" step FAIL authorization
check "with the status" says 'HTTP 401'
check "and the fix" says 'fix Renew the token'
# exp 1000000000 is of 2001
check "an expired token is named" status 3 env CHARGETOP_TOKEN=eyJhbGciOiJub25lIn0.eyJleHAiOjEwMDAwMDAwMDB9.x "$CHARGETOP" doctor $(at) --key demo-key 2149
check "as expired" says 'token EXPIRED'
check "an endpoint that nobody listens at gives 4" status 4 "$CHARGETOP" doctor --host 127.0.0.1 --no-tls --port "$plain" --key demo-key --auth-endpoint http://127.0.0.1:1/auth 2149
check "at the authorization, not at the link" sh -c "grep -qE '^FAIL +authorization' '$work/out' && grep -qE '^ok +hello' '$work/out'"
check "as refused" says 'chargetop explain refused'
}

check "a port that nobody listens at gives 4" status 4 "$CHARGETOP" doctor --host 127.0.0.1 --no-tls --port 1 --key k
check "at TCP" step FAIL TCP
check "as refused" says 'chargetop explain refused'
check "a host without an address gives 4" status 4 "$CHARGETOP" doctor --host no-such-host.invalid --no-tls --key k
check "at DNS" step FAIL DNS
check "a proxy that is not there gives 4" status 4 env http_proxy=http://127.0.0.1:1 "$CHARGETOP" doctor --host example.invalid --no-tls --key k
check "as the proxy's" says 'chargetop explain proxy'
check "no key is a mistake of the configuration" status 2 "$CHARGETOP" doctor --host 127.0.0.1 --key ''
check "at the first step" step FAIL configuration

serve denied --simulate 4 --fault denied
check "an order of somebody else gives 3" status 3 "$CHARGETOP" doctor --host 127.0.0.1 --no-tls --port "$port" --key demo-key --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" --api-base "http://127.0.0.1:$port/api/v1/" 2149
check "at the authorization" step FAIL authorization
check "as forbidden" says 'HTTP 403: .* fix Check which user'

if command -v openssl >/dev/null; then
    (
        cd "$work" || exit 1
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3 -subj /CN=test-ca
        for c in "good localhost 2" "other other.example 2"; do
            # shellcheck disable=SC2086
            set -- $c
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2"
            printf 'subjectAltName=DNS:%s' "$2" >"$1.ext"
            openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$3" -extfile "$1.ext" -out "$1.pem"
        done
    ) >"$work/certs" 2>&1
    serve good --tls-cert "$work/good.pem" --tls-key "$work/good.key"
    check "a certificate that is trusted passes" status 0 "$CHARGETOP" doctor --host localhost --port "$port" --key demo-key --ca-file "$work/ca.pem"
    check "with protocol and last day" says 'TLSv1.3 .* certificate localhost (localhost) by test-ca, 1 day left'
    check "an issuer that is not trusted gives 4" status 4 "$CHARGETOP" doctor --host localhost --port "$port" --key demo-key --json
    check "with the certificate that was refused" sh -c "grep -q '\"cause\":\"tls-issuer\"' '$work/out' && grep -q '\"subject\":\"localhost\",\"issuer\":\"test-ca\",\"names\":\"localhost\"' '$work/out' && grep -q '\"verified\":false' '$work/out'"
    api="--auth-endpoint https://localhost:$port/broadcasting/auth --api-base https://localhost:$port/api/v1/"
    # shellcheck disable=SC2086
    check "an https server that authorizes is told of" status 3 "$CHARGETOP" doctor --host localhost --port "$port" --key demo-key --ca-file "$work/ca.pem" --token-command 'echo wrong' $api 2149
    check "with its certificate in that step" says 'https localhost: certificate localhost by test-ca, 1 day left'
    # shellcheck disable=SC2086
    status 3 "$CHARGETOP" doctor --host localhost --port "$port" --key demo-key --ca-file "$work/ca.pem" --token-command 'echo wrong' $api --json 2149
    check "and in JSON" sh -c "grep -q '\"https_certificate\":{\"host\":\"localhost\",\"protocol\":\"TLS[^}]*\"subject\":\"localhost\",\"issuer\":\"test-ca\".*\"not_after\":\"2.*\"verified\":true' '$work/out'"
    check "without https there is none" sh -c "'$CHARGETOP' doctor --host 127.0.0.1 --no-tls --port '$plain' --key demo-key --json | grep -q '\"https_certificate\":null'"
    serve other --tls-cert "$work/other.pem" --tls-key "$work/other.key"
    check "a certificate of another host gives 4" status 4 "$CHARGETOP" doctor --host localhost --port "$port" --key demo-key --ca-file "$work/ca.pem"
    check "and its names are told" says 'certificate other.example (other.example) by test-ca'
    check "verification switched off is said" status 0 "$CHARGETOP" doctor --host localhost --port "$port" --key demo-key --tls-insecure
    check "loudly" says 'NOT CHECKED'
    check "TLS to a port without it gives 4" status 4 "$CHARGETOP" doctor --host 127.0.0.1 --port "$plain" --key demo-key
    check "at TLS" step FAIL TLS
else
    echo "# openssl is not there: certificates are not tested here"
fi

kill -STOP "$plain_pid"
# shellcheck disable=SC2046
check "a server that says nothing gives 5" status 5 "$CHARGETOP" doctor $(at) --key demo-key
check "at the upgrade" step FAIL upgrade
check "as a matter of time" says 'chargetop explain connect-timeout'
echo "1..$number"
