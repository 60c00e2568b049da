# `chargetop serve` as a process: applications and secrets from files, TLS, tokens, signals, metrics, its log.
number=0
work=$(mktemp -d) || exit 1
pid=""
trap '[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; rm -rf "$work"' EXIT
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
status() { _n=$1; shift; timeout 20 "$@" </dev/null >"$work/out" 2>"$work/err"; _got=$?; [ $_got = "$_n" ] || { echo "status $_got, not $_n"; cat "$work/err"; return 1; }; }
said() { grep -qF -e "$1" "$work/err" || { cat "$work/err"; return 1; }; }
one_line() { [ "$(wc -l <"$work/err")" = 1 ]; }
refused() { check "$1" status 2 "$CHARGETOP" serve --port 0 --config "$work/conf"; check "told in one line" one_line; check "that names it: $2" said "$2"; }
until_true() { _i=0; while [ $_i -lt 100 ]; do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; _i=$((_i + 1)); done; return 1; }
# start OPTION...: a server; its port is in $port, its process in $pid
start() {
    : >"$work/serve"; : >"$work/serve.err"
    "$CHARGETOP" serve --port 0 "$@" >"$work/serve" 2>"$work/serve.err" &
    pid=$!
    until_true grep -q ready "$work/serve" || cat "$work/serve.err"
    port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve" | head -n 1)
}
ends_with() { wait "$pid"; _got=$?; pid=""; [ "$_got" = "$1" ] || { echo "status $_got"; return 1; }; }
# signed BODY PATH KEY SECRET: an HTTP API request, signed by openssl
signed() {
    _md5=$(printf %s "$1" | openssl dgst -md5 -r | cut -d' ' -f1)
    _q="auth_key=$3&auth_timestamp=$(date +%s)&auth_version=1.0&body_md5=$_md5"
    _s=$(printf 'POST\n%s\n%s' "$2" "$_q" | openssl dgst -sha256 -hmac "$4" -r | cut -d' ' -f1)
    echo "$2?$_q&auth_signature=$_s"
}
code() { curl -s -o "$work/body" -w '%{http_code}' "$@"; }
is() { _want=$1; shift; _got=$(code "$@"); [ "$_got" = "$_want" ] || { echo "$_got, not $_want"; cat "$work/body"; return 1; }; }

# ---- what cannot be served
printf '[app 7]\nkey = k7\nsecret_file = %s/none\n' "$work" >"$work/conf"
refused "a secret's file that is missing" "[app 7] secret_file: $work/none cannot be read"
echo s7 >"$work/secret"; chmod 644 "$work/secret"
printf '[app 7]\nkey = k7\nsecret_file = %s/secret\n' "$work" >"$work/conf"
refused "a secret's file that everybody reads" "open to everybody"
printf '[app 7]\nkey = k7\nsecret_env = CT_NOT_THERE\n' >"$work/conf"
refused "a secret's variable that is not there" "CT_NOT_THERE is not in the environment"
chmod 600 "$work/secret"; echo short >"$work/master"; chmod 600 "$work/master"
printf '[app 7]\nkey = k7\nsecret_file = %s/secret\nencryption_master_key_file = %s/master\n' "$work" "$work" >"$work/conf"
refused "a master key that is none" "does not hold 32 bytes in base64"
printf '[app 7]\nkey = k7\nsecret = s7\nwebhook = nowhere\n' >"$work/conf"
refused "a webhook without an address" "webhook: does not begin with an http or https address"
printf '[app 7]\nkey = k7\nsecret = s7\n[app 8]\nkey = k7\nsecret = s8\n' >"$work/conf"
refused "two applications with one key" "[app 8] has the key of [app 7]"
printf '[serve]\nport = 1\n[app 7]\nkey = k7\nsecret = s7\n' >"$work/apps"
printf '[serve]\napps = %s/apps\n' "$work" >"$work/conf"
refused "a file of apps that holds something else" "only sections [app ID]"
printf '[app 7]\nkey = k7\nsecret = s7\n' >"$work/conf"
check "an origin that is none" status 2 "$CHARGETOP" serve --port 0 --config "$work/conf" --cors-origin shop
check "is named" said "'shop' is not an origin"
check "a secret has no place in argv" status 2 "$CHARGETOP" serve --secret s7
check "a proxy that is no address" status 2 "$CHARGETOP" serve --port 0 --config "$work/conf" --trusted-proxy proxy.example
check "half of TLS" status 2 "$CHARGETOP" serve --port 0 --tls-cert "$work/none.pem"
check "is told" said "both a certificate and a key"

printf '[serve]\napps = %s/none\n' "$work" >"$work/conf"
check "the check of a configuration reads the file of apps" status 2 "$CHARGETOP" serve --check-config --config "$work/conf"
check "and names it" said "$work/none: cannot be read"
printf '[app 7]\nkey = k7\nbogus = 1\n' >"$work/wrong"
check "and the one of the command line, without a configuration as well" status 2 env CHARGETOP_CONFIG= "$CHARGETOP" serve --check-config --apps "$work/wrong"
check "whose mistake it names" grep -q 'wrong:3: bogus' "$work/err"
check "as it does of a file of tokens" status 2 env CHARGETOP_CONFIG= "$CHARGETOP" serve --check-config --auth-tokens "$work/no-tokens"
printf '{"tokn":1}\n' >"$work/tokens"; chmod 600 "$work/tokens"
printf '[serve]\nauth_tokens = %s/tokens\ntls_cert = %s/secret\ntls_key = %s/secret\n' "$work" "$work" "$work" >"$work/conf"
check "the file of tokens, certificate and key too" status 2 "$CHARGETOP" serve --check-config --config "$work/conf"
check "with the line" said 'tokens:1: unknown member "tokn"'
check "and the file" said "certificate $work/secret cannot be used"

# ---- several applications over TLS, tokens of a file
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/tls.key" -out "$work/tls.pem" \
    -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
head -c 32 /dev/zero | base64 >"$work/master"
printf '[app 8]\nkey = k8\nsecret_env = CT_SECRET_8\ndisabled = yes\n' >"$work/apps"
cat >"$work/conf" <<END
[serve]
apps = $work/apps
auth_tokens = $work/tokens
tls_cert = $work/tls.pem
tls_key = $work/tls.key
cors_origin = https://shop.example
[app 7]
key = k7
secret_file = $work/secret
encryption_master_key_file = $work/master
tls_only = yes
END
printf '{"token":"t1","user_id":"ann","channels":["private-a","private-encrypted-*"]}\n' >"$work/tokens"; chmod 600 "$work/tokens"
CT_SECRET_8=s8 start --config "$work/conf" --json
at="https://127.0.0.1:$port"
check "the first line says ready" sh -c "head -n 1 '$work/serve' | grep -q '\"kind\":\"ready\",\"address\":\"wss://127.0.0.1:$port/app/k7\"'"
tls="--cacert $work/tls.pem"
# shellcheck disable=SC2086
check "health over https" is 200 $tls "$at/up"
body='{"name":"e","channel":"room","data":"x"}'
# shellcheck disable=SC2086
check "the HTTP API over https" is 200 $tls -d "$body" "$at$(signed "$body" /apps/7/events k7 s7)"
# shellcheck disable=SC2086
check "a disabled application is told so" is 403 $tls -d "$body" "$at$(signed "$body" /apps/8/events k8 s8)"
# shellcheck disable=SC2086
check "a token joins its channel" is 200 $tls -H 'Authorization: Bearer t1' -d 'socket_id=1.2&channel_name=private-a' "$at/pusher/auth"
# shellcheck disable=SC2086
check "and no other" is 403 $tls -H 'Authorization: Bearer t1' -d 'socket_id=1.2&channel_name=private-b' "$at/pusher/auth"
# shellcheck disable=SC2086
check "an encrypted channel" is 200 $tls -H 'Authorization: Bearer t1' -d 'socket_id=1.2&channel_name=private-encrypted-x' "$at/pusher/auth"
check "gets its shared secret" grep -q '"shared_secret":"' "$work/body"
# shellcheck disable=SC2086
curl -s -i $tls -X OPTIONS -H 'Origin: https://shop.example' -H 'Access-Control-Request-Method: POST' "$at/pusher/auth" >"$work/cors"
check "a page of the origin may ask" grep -qi '^access-control-allow-origin: https://shop.example' "$work/cors"
check "with a token" grep -qi '^access-control-allow-headers:.*authorization' "$work/cors"
# shellcheck disable=SC2086
curl -s -i $tls -H 'Origin: https://evil.example' -H 'Authorization: Bearer t1' -d 'socket_id=1.2&channel_name=private-a' "$at/pusher/auth" >"$work/cors"
check "another one may not read the answer" sh -c "! grep -qi '^access-control-allow-origin' '$work/cors'"

# ---- SIGHUP
printf '{"token":"t2","channels":["private-b"]}\n' >"$work/tokens"
kill -HUP "$pid"
check "a hangup reads the tokens again" until_true grep -q 'read again: 2 applications, tokens' "$work/serve.err"
# shellcheck disable=SC2086
check "the new one counts" is 200 $tls -H 'Authorization: Bearer t2' -d 'socket_id=1.2&channel_name=private-b' "$at/pusher/auth"
# shellcheck disable=SC2086
check "the old one does not" is 401 $tls -H 'Authorization: Bearer t1' -d 'socket_id=1.2&channel_name=private-a' "$at/pusher/auth"
echo nonsense >"$work/tokens"; kill -HUP "$pid"
check "a file that is broken is told" until_true grep -q 'tokens:1: not a JSON object; what was in force stays' "$work/serve.err"
# shellcheck disable=SC2086
check "and changes nothing" is 200 $tls -H 'Authorization: Bearer t2' -d 'socket_id=1.2&channel_name=private-b' "$at/pusher/auth"
printf '{"token":"t2","channels":["private-b"]}\n' >"$work/tokens"
printf '[app 9]\nkey = k9\nsecret_env = CT_SECRET_8\n' >"$work/apps"
sed -i 's/^apps = .*/&\nevent_max = 100/' "$work/conf"; kill -HUP "$pid"
check "what needs a restart is named" until_true grep -q 'read again: 2 applications, tokens, certificate; a restart is needed for event-max$' "$work/serve.err"
# shellcheck disable=SC2086
check "an application that came is served" is 200 $tls -d "$body" "$at$(signed "$body" /apps/9/events k9 s8)"
# shellcheck disable=SC2086
check "one that went is not" is 404 $tls -d "$body" "$at$(signed "$body" /apps/8/events k8 s8)"
printf '[app 9]\nkye = k9\n' >"$work/apps"; kill -HUP "$pid"
check "a file of apps that is broken is told" until_true grep -q 'read again: .*apps:2: kye: unknown key in \[app\]; near: key; what was in force stays' "$work/serve.err"
# shellcheck disable=SC2086
check "and changes nothing either" is 200 $tls -d "$body" "$at$(signed "$body" /apps/9/events k9 s8)"

# ---- what was told
kill "$pid"
check "a signal ends it with 0" ends_with 0
check "each line is JSON of a kind" sh -c "[ \$(grep -c . '$work/serve') -gt 10 ] && ! grep -vqE '^\{\"time\":\"[0-9TZ:.-]+\",\"kind\":\"(ready|opened|closed|publish|auth|http|webhook)\".*\}\$' '$work/serve'"
check "a publish is among them" grep -q '"kind":"publish","app":"7","event":"e","channels":\["room"\],"bytes":1,"status":200' "$work/serve"
check "and a decision" grep -q '"kind":"auth","app":"7","user":"ann","channel":"private-b","status":403' "$work/serve"
check "but no secret, token or signature" sh -c "! grep -qE 's7|s8|\"t[12]\"|Bearer|auth_signature|[0-9a-f]{64}' '$work/serve' '$work/serve.err'"

# ---- a log that nobody reads
mkfifo "$work/fifo"
sleep 60 <"$work/fifo" & # holds it open and never reads
sleeper=$!
"$CHARGETOP" serve --port 0 --json >"$work/fifo" 2>"$work/serve.err" &
pid=$!
port=""
# Its ports are known to /proc alone, since nobody reads what it says.
find_port() {
    for _f in /proc/"$pid"/fd/*; do
        _ino=$(readlink "$_f" | sed -n 's/socket:\[\([0-9]*\)\]/\1/p')
        _hex=$(awk -v i="${_ino:-none}" '$10 == i && $4 == "0A" {split($2, a, ":"); print a[2]}' /proc/net/tcp)
        [ -n "$_hex" ] && [ "$(curl -s --max-time 5 "http://127.0.0.1:$((0x$_hex))/up")" = ok ] && port=$((0x$_hex)) && return 0
    done
    return 1
}
until_true find_port
check "a server whose log nobody reads is up" test -n "$port"
i=0; while [ $i -lt 40 ]; do curl -s --max-time 10 -o /dev/null "http://127.0.0.1:$port/$(printf '%0200d' $i)?[1-20]"; i=$((i + 1)); done
check "and answers when its pipe is full" is 200 --max-time 5 "http://127.0.0.1:$port/up"
kill "$pid"; check "and ends in order" ends_with 0
kill "$sleeper"

# ---- a chain: root, intermediate, leaf
(
    cd "$work" || exit 1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout root.key -out root.pem -days 2 -subj /CN=root
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout mid.key -out mid.csr -subj /CN=mid
    printf 'basicConstraints=critical,CA:TRUE\n' >mid.ext
    openssl x509 -req -in mid.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 -extfile mid.ext -out mid.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf
    printf 'subjectAltName=IP:127.0.0.1\n' >leaf.ext
    openssl x509 -req -in leaf.csr -CA mid.pem -CAkey mid.key -CAcreateserial -days 2 -extfile leaf.ext -out leaf.pem
    cat leaf.pem mid.pem >chain.pem
) >"$work/openssl" 2>&1
start --cert "$work/chain.pem" --key="$work/leaf.key"
check "a chain is sent whole" is 200 --cacert "$work/root.pem" "https://127.0.0.1:$port/up"
kill "$pid"; check "and the server ends" ends_with 0

# ---- an application of one's own, and the application's key in the environment
printf '[app 7]\nkey = k7\nsecret = s7\n' >"$work/conf"
CHARGETOP_KEY=k9 start --config "$work/conf"
check "the published token opens no application of one's own" is 401 -H 'Authorization: Bearer demo-token' \
    -d 'socket_id=1.2&channel_name=private-a' "http://127.0.0.1:$port/pusher/auth"
check "whose back end is heard" is 200 -d "$body" "http://127.0.0.1:$port$(signed "$body" /apps/7/events k7 s7)"
kill "$pid"; check "and this server ends" ends_with 0

# ---- one token from many addresses, and many tokens from one
start --auth-rate 1
asks() { is "$1" --interface "127.0.0.$2" -H "Authorization: Bearer $3" -d 'socket_id=1.2&channel_name=private-a' "http://127.0.0.1:$port/pusher/auth"; }
for i in 2 3 4 5; do check "a token from address $i" asks 200 $i demo-token; done
check "is not good from a fifth one at once" asks 429 6 demo-token
curl -s -i --interface 127.0.0.7 -H 'Authorization: Bearer demo-token' -d 'socket_id=1.2&channel_name=private-a' "http://127.0.0.1:$port/pusher/auth" >"$work/limit"
check "which is told when to come again" grep -qiE '^retry-after: [1-4]' "$work/limit"
check "whoever shows a wrong one" asks 401 8 wrong
check "has used its address up" asks 429 8 wrong
kill "$pid"; check "which the server survives" ends_with 0

# ---- the way out with somebody connected
start --drain-s 2
"$CHARGETOP" tail --host 127.0.0.1 --port "$port" --no-tls --key demo-key news >"$work/tail" 2>&1 &
tail=$!
check "a client is connected" until_true grep -q '"state":"connected"' "$work/tail"
kill "$pid"
check "it is let go, and the server ends with 0" ends_with 0
check "the client was told 4200" until_true grep -q 4200 "$work/tail"
kill "$tail" 2>/dev/null
start --drain-s 600 --metrics-port 0 --json
metrics=$(sed -n 's/.*"metrics_port":\([0-9]*\).*/\1/p' "$work/serve")
check "metrics have a port of their own" is 200 "http://127.0.0.1:$metrics/metrics"
check "as Prometheus wants them" grep -q '^chargetop_connections{app="demo"} 0$' "$work/body"
check "the first port has none" is 404 "http://127.0.0.1:$port/metrics"
# A request that never ends holds the way out up; a second signal does not wait for it.
(printf x; sleep 20) | curl -s --max-time 20 -H 'Authorization: Bearer demo-token' -X POST -T - "http://127.0.0.1:$port/pusher/auth" >/dev/null 2>&1 &
hold=$!
check "somebody asks slowly" until_true sh -c "curl -s http://127.0.0.1:$metrics/metrics | grep -q '^chargetop_sockets 1$'"
kill "$pid"; sleep 0.5; kill "$pid"
check "a second signal ends it at once, with 1" ends_with 1
kill "$hold" 2>/dev/null
echo "1..$number"
