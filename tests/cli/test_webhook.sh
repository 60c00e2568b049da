# webhook: what is signed is told once, what is not is refused. Signatures by openssl, requests by curl.
number=0
work=$(mktemp -d) || exit 1
pids=""
cleanup() { for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 1' INT TERM
unset PUSHER_URL PUSHER_APP_ID PUSHER_APP_KEY PUSHER_APP_SECRET CHARGETOP_SECRET CHARGETOP_ENCRYPTION_KEY
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
until_true() {
    _end=$(($(date +%s) + $1)); shift
    while ! "$@" >/dev/null 2>&1; do [ "$(date +%s)" -lt "$_end" ] || return 1; sleep 0.1; done
}
if ! command -v openssl >/dev/null || ! command -v curl >/dev/null; then
    echo "ok 1 # skip openssl or curl is not there"; echo "1..1"; exit 0
fi
# start NAME OPTION...: a receiver whose output goes to $work/NAME, its port to $port
start() {
    _name=$1; shift
    "$CHARGETOP" webhook "$@" >"$work/$_name" 2>"$work/$_name.err" &
    receiver=$!; pids="$pids $receiver"
    until_true 10 grep -q 'listening on' "$work/$_name.err" || return 1
    port=$(sed -n 's/.*listening on http:..127.0.0.1:\([0-9]*\).*/\1/p' "$work/$_name.err")
}
sign() { printf '%s' "$2" | openssl dgst -sha256 -hmac "$1" | sed 's/.* //'; }
# post KEY SECRET BODY: the status that was answered
post() { curl -s -o /dev/null -w '%{http_code}' -H "X-Pusher-Key: $1" -H "X-Pusher-Signature: $(sign "$2" "$3")" -H 'Content-Type: application/json' -d "$3" "http://127.0.0.1:$port/hook"; }
answers() { _want=$1; shift; _got=$(post "$@"); [ "$_got" = "$_want" ] || { echo "$_got, not $_want"; return 1; }; }
now() { echo "$(date +%s)000"; }
has() { grep -qF -- "$2" "$work/$1"; }

printf 's3cret' >"$work/secret"; chmod 600 "$work/secret"
printf '[app two]\nkey = key-2\nsecret = other\n' >"$work/conf"
one="{\"time_ms\":$(now),\"events\":[{\"name\":\"channel_occupied\",\"channel\":\"room\"}]}"
three="{\"time_ms\": $(now), \"events\": [ {\"name\":\"member_added\",\"channel\":\"presence-r\",\"user_id\":\"u-7\"},
 {\"name\":\"client_event\",\"channel\":\"presence-r\",\"event\":\"client-x\",\"data\":\"{\\\"on\\\": true}\",\"socket_id\":\"1.2\"}, {\"name\":\"of_tomorrow\",\"x\":[1, 2]} ]}"

check "a receiver starts" start json --json --key key-1 --app-id one --secret-file "$work/secret" --config "$work/conf"
check "it says for how many applications" has json.err 'for webhooks of 2 applications'
check "what is signed is accepted" answers 200 key-1 s3cret "$one"
check "and printed" until_true 5 grep -qE '^\{"time_ms":[0-9]{13},"name":"channel_occupied","channel":"room"\}$' "$work/json"
check "the same again is accepted" answers 200 key-1 s3cret "$one"
check "an [app] of the configuration is known as well" answers 200 key-2 other "$three"
check "each of its events is a line" until_true 5 sh -c "[ \$(wc -l <'$work/json') = 4 ]"
check "the repeated one was told once" sh -c "[ \$(grep -c channel_occupied '$work/json') = 1 ]"
upper=$(sign s3cret "$one" | tr a-f A-F)
check "nor is it with other letters in its signature" sh -c "[ \$(curl -s -o /dev/null -w '%{http_code}' -H 'X-Pusher-Key: key-1' -H 'X-Pusher-Signature: $upper' -d '$one' http://127.0.0.1:$port/) = 200 ] && [ \$(grep -c channel_occupied '$work/json') = 1 ]"
check "data stays as it came" has json '"event":"client-x","data":"{\"on\": true}","socket_id":"1.2"}'
check "events it does not know pass, on one line" has json '"name":"of_tomorrow","x":[1,2]}'
c1="{\"time_ms\":$(now),\"events\":[{\"name\":\"client_event\",\"event\":\"client-$(printf '\302\23331m\177\342\200\256')\",\"channel\":\"presence-r\"}]}"
check "what a terminal would obey comes as an escape" answers 200 key-1 s3cret "$c1"
check "that means the same" until_true 5 has json '"event":"client-\u009b31m\u007f\u202e"'
check "a wrong secret is refused" answers 401 key-1 wrong "$one"
check "so is the secret of another key" answers 401 key-2 s3cret "$one"
check "an unknown key" answers 401 key-3 s3cret "$one"
check "a request without a signature" sh -c "[ \$(curl -s -o /dev/null -w '%{http_code}' -d '$one' http://127.0.0.1:$port/) = 401 ]"
sig=$(sign s3cret "$one")
check "one changed byte" sh -c "[ \$(curl -s -o /dev/null -w '%{http_code}' -H 'X-Pusher-Key: key-1' -H 'X-Pusher-Signature: $sig' -d '$one ' http://127.0.0.1:$port/) = 401 ]"
check "one that is too old" answers 401 key-1 s3cret '{"time_ms":1403175510755,"events":[]}'
check "one that is signed but no webhook" answers 400 key-1 s3cret '{"hello":"world"}'
check "a GET" sh -c "[ \$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:$port/) = 405 ]"
check "each refusal is told, with its reason" sh -c "grep -q 'wrong signature' '$work/json.err' && grep -q 'unknown key' '$work/json.err' && grep -q 'too old' '$work/json.err'"
check "none of them was printed" sh -c "[ \$(wc -l <'$work/json') = 5 ]"
kill -INT "$receiver"; wait "$receiver"; got=$?
check "an interrupt ends it with 0" [ "$got" = 0 ]
check "the secrets are in no output" sh -c "! grep -q 's3cret' '$work/json' '$work/json.err'"

check "for people" start text --key key-1 --secret-file "$work/secret" --count 4
text="{\"time_ms\":$(now),\"events\":[{\"name\":\"channel_vacated\",\"channel\":\"room\"},{\"name\":\"subscription_count\",\"channel\":\"room\",\"subscription_count\":12}]}"
check "events are short lines" answers 200 key-1 s3cret "$text"
check "of time, name, channel and what belongs to it" until_true 5 sh -c "grep -qE '^[0-9:]{8} channel_vacated room$' '$work/text' && grep -qE '^[0-9:]{8} subscription_count room 12$' '$work/text'"
esc="{\"time_ms\":$(now),\"events\":[{\"name\":\"client_event\",\"channel\":\"presence-r\",\"event\":\"client-\\u001b[31m\",\"data\":\"x\"},{\"name\":\"cache_miss\",\"channel\":\"cache-x\"}]}"
check "control characters" answers 200 key-1 s3cret "$esc"
wait "$receiver"; got=$?
check "do not reach the terminal" sh -c "! grep -q \"\$(printf '\\033')\" '$work/text' && grep -q 'client-[^a-z]*\\[31m' '$work/text'"
check "--count ends it with 0" [ "$got" = 0 ]

check "a command gets each event" start exec --key key-1 --secret-file "$work/secret" --exec "cat; sleep 0.2; echo next; [ ! -e '$work/fail' ]"
check "and the sender does not wait for it" answers 200 key-1 s3cret "$three"
check "one after the other, on its standard input" until_true 10 sh -c "[ \$(grep -cx next '$work/exec') = 3 ] && [ \"\$(sed -n 2p '$work/exec')\" = next ] && [ \"\$(sed -n 4p '$work/exec')\" = next ]"
check "as JSON" sh -c "head -n 1 '$work/exec' | grep -qE '^\\{\"time_ms\":[0-9]{13},\"name\":\"member_added\",\"channel\":\"presence-r\",\"user_id\":\"u-7\"\\}$'"
touch "$work/fail"
check "one that fails" answers 200 key-1 s3cret "$one"
check "is told with its status" until_true 5 grep -q 'ended with 1' "$work/exec.err"
rm "$work/fail"
late="{\"time_ms\":$(now),\"events\":[{\"name\":\"cache_miss\",\"channel\":\"cache-1\"},{\"name\":\"cache_miss\",\"channel\":\"cache-2\"},{\"name\":\"cache_miss\",\"channel\":\"cache-3\"}]}"
check "when it is interrupted" answers 200 key-1 s3cret "$late"
kill -TERM "$receiver"; wait "$receiver"; got=$?
check "what was accepted is still handed over" sh -c "grep -q cache-3 '$work/exec' && [ $got = 0 ]"

CHARGETOP_ENCRYPTION_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=; export CHARGETOP_ENCRYPTION_KEY
check "data of an encrypted channel" start open --json --key key-1 --secret-file "$work/secret" --count 2 --max-age 1m
vault='{"name":"client_event","channel":"private-encrypted-vault","event":"client-x","data":"{\"nonce\":\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\",\"ciphertext\":\"ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}"}'
bad=$(echo "$vault" | sed 's/ECik/ACik/')
check "is opened with the master key" answers 200 key-1 s3cret "{\"time_ms\":$(now),\"events\":[$vault,$bad]}"
wait "$receiver"
check "and marked" has open '"data":"{\"msg\":\"hello\",\"n\":1}","decrypted":true}'
check "what does not open stays as it is" sh -c "tail -n 1 '$work/open' | grep -q 'ACik.*\"decrypted\":false}'"

( cd "$work" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.pem -days 3 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 ) >"$work/certs" 2>&1
check "with a certificate" start tls --json --key key-1 --secret-file "$work/secret" --cert "$work/tls.pem" --tls-key "$work/tls.key"
port=$(sed -n 's/.*listening on https:..127.0.0.1:\([0-9]*\).*/\1/p' "$work/tls.err")
secure() { [ "$(curl -s --cacert "$work/tls.pem" -o /dev/null -w '%{http_code}' -H 'X-Pusher-Key: key-1' -H "X-Pusher-Signature: $(sign s3cret "$one")" -d "$one" "https://localhost:$port/")" = 200 ]; }
check "webhooks come over https" secure
check "and are printed" until_true 5 has tls '"name":"channel_occupied"'
check "not in the clear" sh -c "! curl -sf -m 5 http://127.0.0.1:$port/"
kill -INT "$receiver"; wait "$receiver"
check "half of TLS is a mistake" sh -c "'$CHARGETOP' webhook --key k --secret-file '$work/secret' --cert '$work/tls.pem' 2>'$work/half'; [ \$? = 2 ] && grep -q 'both a certificate and a key' '$work/half'"
check "so is a certificate that is none" sh -c "'$CHARGETOP' webhook --key k --secret-file '$work/secret' --cert '$work/secret' --tls-key '$work/tls.key' 2>'$work/half'; [ \$? = 2 ]"
printf '[serve]\ntls_cert = %s/nothing\ntls_key = %s/nothing\nbind = 192.0.2.1\n[app two]\nkey = key-2\nsecret = other\n' "$work" "$work" >"$work/conf2"
check "what the configuration says of serve is not for it" start plain --json --config "$work/conf2"
check "nor its certificate" answers 200 key-2 other "$one"
kill -INT "$receiver"; wait "$receiver"

check "a body of one who cannot have signed it" start early --json --key key-1 --secret-file "$work/secret"
if command -v bash >/dev/null; then
    check "is not waited for" bash -c "port=$port; $(printf '%s' 'unread() { exec 3<>/dev/tcp/127.0.0.1/$port; printf "POST / HTTP/1.1\r\nHost: x\r\nX-Pusher-Key: %s\r\nX-Pusher-Signature: 00\r\nContent-Length: 100000\r\n\r\n" "$1" >&3; head -n 1 <&3 | grep -q 401; }'); unread key-9 && unread key-1"
    check "and its size is told" has early.err 'refused a webhook of 100000 bytes'
fi
kill -INT "$receiver"; wait "$receiver"

check "without an application nothing is started" sh -c "'$CHARGETOP' webhook; [ \$? = 2 ]"
check "a port in use ends with 4" sh -c "'$CHARGETOP' serve >'$work/serve' & p=\$!; for i in 1 2 3 4 5 6 7 8 9 10; do grep -q ready '$work/serve' && break; sleep 0.2; done; '$CHARGETOP' webhook --key k --secret-file '$work/secret' --listen \$(sed -n 's/.*127.0.0.1:\\([0-9]*\\).*/\\1/p' '$work/serve'); got=\$?; kill \$p; [ \$got = 4 ]"
echo "1..$number"
