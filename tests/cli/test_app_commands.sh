# trigger, channels, terminate and auth against `chargetop serve`: what they send, print and answer.
number=0
work=$(mktemp -d) || exit 1
pids=""
cleanup() { for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 1' INT TERM
unset PUSHER_URL PUSHER_APP_ID PUSHER_APP_KEY PUSHER_KEY PUSHER_APP_SECRET PUSHER_SECRET PUSHER_HOST PUSHER_PORT \
    PUSHER_SCHEME PUSHER_CLUSTER PUSHER_APP_CLUSTER CHARGETOP_SECRET CHARGETOP_ENCRYPTION_KEY
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
status() { _n=$1; shift; "$@" </dev/null >"$work/out" 2>"$work/err"; _got=$?; [ $_got = "$_n" ] || { echo "status $_got, not $_n"; cat "$work/out" "$work/err"; return 1; }; }
until_true() {
    _end=$(($(date +%s) + $1)); shift
    while ! "$@" >/dev/null 2>&1; do [ "$(date +%s)" -lt "$_end" ] || return 1; sleep 0.1; done
}
out() { grep -q -- "$1" "$work/out"; }
err() { grep -q -- "$1" "$work/err"; }

"$CHARGETOP" serve >"$work/serve.log" 2>&1 &
pids="$pids $!"
until_true 10 grep -q '^ready ' "$work/serve.log"
port=$(sed -n 's/^ready ws:..127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve.log")
printf '  demo-secret\r\n' >"$work/secret"; printf 'wrong\n' >"$work/wrong"; chmod 600 "$work/secret" "$work/wrong"
server="--host 127.0.0.1 --port $port --no-tls"
call="$server --app-id demo --key demo-key --secret-file $work/secret"

# --- trigger
# shellcheck disable=SC2086 # words on purpose
"$CHARGETOP" tail $server --key demo-key --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" news other >"$work/tail" 2>&1 &
pids="$pids $!"
check "a follower is there" until_true 10 sh -c "[ \$(grep -c '\"kind\":\"subscribed\"' '$work/tail') = 2 ]"
socket=$(sed -n 's/.*"socket_id":"\([0-9.]*\)".*/\1/p' "$work/tail" | head -n 1)
# shellcheck disable=SC2086
{
check "an event is sent" status 0 "$CHARGETOP" trigger $call -c news -e 'App\Events\Paid' -d '{"id":7,"t":"Zoë"}'
check "and says so" out '^sent to 1 channel$'
check "the follower gets it as it was given" until_true 5 grep -q '"channel":"news","event":"App\\\\Events\\\\Paid","data":{"id":7,"t":"Zoë"}' "$work/tail"
printf 'plain text\n' >"$work/data"
check "data comes from a file, its last line break dropped" status 0 "$CHARGETOP" trigger $call -c news -e file -d "@$work/data"
check "and arrives" until_true 5 grep -q '"event":"file","data":"plain text"' "$work/tail"
check "data comes from standard input" sh -c "printf '[1,2]' | '$CHARGETOP' trigger $call -c news -e stdin -d - "
check "and arrives as well" until_true 5 grep -q '"event":"stdin","data":\[1,2\]' "$work/tail"
check "several channels, with what --info asks" status 0 "$CHARGETOP" trigger $call -c news -c other -c presence-p -e many -d '{}' --info subscription_count,user_count
check "as a table" sh -c "grep -q '^CHANNEL  *USERS  *SUBSCRIPTIONS$' '$work/out' && grep -q '^news  *-  *1$' '$work/out' && grep -q '^presence-p  *0  *-$' '$work/out'"
check "with --json one object" status 0 "$CHARGETOP" trigger $call -c news -e many -d '{}' --info subscription_count --json
check "of the counts" out '^{"ok":true,"event":"many","channels":{"news":{"subscription_count":1}}}$'
check "one connection can be left out" status 0 "$CHARGETOP" trigger $call -c other -e hidden -d '{}' --socket-id "$socket"
check "an event after it arrives" sh -c "'$CHARGETOP' trigger $call -c other -e after -d '{}'"
check "but the one before does not" sh -c "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q '\"event\":\"after\"' '$work/tail' && break; sleep 0.2; done; grep -q '\"event\":\"after\"' '$work/tail' && ! grep -q hidden '$work/tail'"
check "a user's own channel is accepted" status 0 "$CHARGETOP" trigger $call --user u-7 -e hello -d '{}'
check "and named so" out '^sent to user u-7$'
}

# --- before anything is sent
big=$(head -c 10241 /dev/zero | tr '\0' a)
# shellcheck disable=SC2086
{
check "data over the limit is not sent" status 2 "$CHARGETOP" trigger $call -c news -e big -d "$big"
check "and both sizes are named" err 'has 10241 bytes; the limit is 10240 (--data-max)'
check "a higher limit can be given, and the server's is then told" status 1 "$CHARGETOP" trigger $call -c news -e big --data-max 20000 -d "$big"
check "as the 413 it is" err 'HTTP 413: the event is too large for the server'
check "a channel name must be one" status 2 "$CHARGETOP" trigger $call -c 'two words' -e e -d '{}'
check "and is named" err "channel 'two words' is no channel name"
check "the server's own names are refused" status 2 "$CHARGETOP" trigger $call -c news -e pusher:x -d '{}'
check "a socket id must be one" status 2 "$CHARGETOP" trigger $call -c news -e e -d '{}' --socket-id nonsense
check "an unknown attribute is refused" status 2 "$CHARGETOP" trigger $call -c news -e e -d '{}' --info users
check "without a channel nothing is done" status 2 "$CHARGETOP" trigger $call -e e -d '{}'
check "nor without data" status 2 "$CHARGETOP" trigger $call -c news -e e
check "a channel and a user exclude each other" status 2 "$CHARGETOP" trigger $call -c news --user u -e e -d '{}'
check "a file that is not there" status 2 "$CHARGETOP" trigger $call -c news -e e -d @/nonexistent
check "is named" err '/nonexistent cannot be read'
}

# --- encrypted
key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
printf '%s\n' "$key" >"$work/master"; chmod 600 "$work/master"
# shellcheck disable=SC2086
{
check "an encrypted channel needs its key" status 2 "$CHARGETOP" trigger $call -c private-encrypted-v -e e -d '{}'
check "and the option is named" err 'encryption-key-file'
check "with it the event is sent" status 0 "$CHARGETOP" trigger $call -c private-encrypted-v -e e -d '{}' --encryption-key-file "$work/master"
check "but not together with another channel" status 2 "$CHARGETOP" trigger $call -c private-encrypted-v -c news -e e -d '{}' --encryption-key-file "$work/master"
check "a key that is none is refused" status 2 env CHARGETOP_ENCRYPTION_KEY=short "$CHARGETOP" trigger $call -c private-encrypted-v -e e -d '{}'
}

# --- batch
i=0; while [ $i -lt 25 ]; do i=$((i + 1)); echo "{\"channel\":\"other\",\"name\":\"batch-$i\",\"data\":{\"n\":$i}}"; done >"$work/lines"
printf '[{"channel":"news","name":"b1","data":"text","info":"subscription_count"},\n {"channel":"news","name":"b2","data":[1]}]' >"$work/array"
# shellcheck disable=SC2086
{
check "a batch of lines goes ten at a time" status 0 "$CHARGETOP" trigger $call --batch "$work/lines"
check "and is counted" out '^sent 25 of 25 events$'
check "all arrive" until_true 5 sh -c "[ \$(grep -c '\"event\":\"batch-' '$work/tail') = 25 ]"
check "in order" sh -c "sed -n 's/.*\"event\":\"batch-\\([0-9]*\\)\".*/\\1/p' '$work/tail' | sort -n -c"
check "an array does as well, from standard input" sh -c "'$CHARGETOP' trigger $call --batch - --json <'$work/array' >'$work/out'"
check "with what info asked for, event by event" out '"sent":2,"not_tried":0,"failed":\[\],"batch":\[{"subscription_count":1},{}\]}'
sed '13s/other/two words/' "$work/lines" >"$work/bad"
check "a mistake in the middle is found before the first is sent" status 2 "$CHARGETOP" trigger $call --batch "$work/bad"
check "and its place is named" err 'event 13: channel .* nothing was sent'
echo 'no json' >"$work/bad"
check "so is a line that is no JSON" status 2 "$CHARGETOP" trigger $call --batch "$work/bad"
check "with its number" err 'line 1: not JSON'
big2=$(head -c 10300 /dev/zero | tr '\0' a)
{ head -n 10 "$work/lines"; echo "{\"channel\":\"other\",\"name\":\"big\",\"data\":\"$big2\"}"; tail -n 12 "$work/lines"; } >"$work/part"
check "when a part is refused for its content the rest goes on" status 1 "$CHARGETOP" trigger $call --batch "$work/part" --data-max 20000
check "and what failed is told" sh -c "grep -q '^sent 13 of 23 events$' '$work/out' && grep -q '^failed: 11 to 20$' '$work/out' && grep -q 'events 11 to 20: HTTP 413' '$work/err'"
check "a wrong secret stops it at once" status 3 "$CHARGETOP" trigger $call --secret-file "$work/wrong" --batch "$work/lines" --json
check "and the rest was not tried" out '"ok":false,"events":25,"sent":0,"not_tried":15,"failed":\[{"first":1,"last":10,"status":401,'
}

# --- channels
# shellcheck disable=SC2086
{
check "channels in use are listed" status 0 "$CHARGETOP" channels $call
check "by name" sh -c "grep -qx news '$work/out' && grep -qx other '$work/out'"
check "by prefix" status 0 "$CHARGETOP" channels $call --prefix ne --info subscription_count
check "with a count" sh -c "grep -q '^news  *1$' '$work/out' && ! grep -q other '$work/out'"
check "as JSON" status 0 "$CHARGETOP" channels $call --json
check "of the server" out '^{"channels":{.*"news":{}'
check "one channel is told about" status 0 "$CHARGETOP" channels $call news --info subscription_count
check "in words" sh -c "grep -q '^occupied  *yes$' '$work/out' && grep -q '^subscriptions  *1$' '$work/out'"
check "users of an empty presence channel are none" status 0 "$CHARGETOP" channels $call presence-p --users --json
check "as a list" out '^{"users":\[\]}$'
check "users of another channel are not asked for" status 2 "$CHARGETOP" channels $call news --users
check "nor a count of users without presence" status 2 "$CHARGETOP" channels $call --info user_count
}

# --- refusals
# shellcheck disable=SC2086
{
check "a wrong secret ends with 3" status 3 "$CHARGETOP" channels $call --secret-file "$work/wrong" --json
check "told in a line, with what to do" sh -c "grep -q 'HTTP 401: the signature is not accepted' '$work/err' && grep -q 'belong together' '$work/err'"
check "and what was signed, without the secret" sh -c "grep -q 'What was signed: GET.n/apps/demo/channels.nauth_key=demo-key&auth_timestamp=' '$work/err' && ! grep -q wrong '$work/err'"
check "for programs as JSON" out '^{"ok":false,"status":401,"error":"HTTP 401'
check "an unknown application ends with 1" status 1 "$CHARGETOP" channels $server --app-id nope --key demo-key --secret-file "$work/secret"
check "told as a 404" err 'HTTP 404: no such application'
check "nobody there ends with 4" status 4 "$CHARGETOP" channels --host 127.0.0.1 --port 1 --no-tls --app-id demo --key demo-key --secret-file "$work/secret"
check "told with the address" err 'no answer from http://127.0.0.1:1: '
check "without a secret nothing is asked" status 2 "$CHARGETOP" channels $server --app-id demo --key demo-key
check "and its sources are named" err 'secret-file'
check "a secret is no option" status 2 "$CHARGETOP" channels $call --secret demo-secret
printf 'two words\n' >"$work/words"; chmod 600 "$work/words"
check "a file with more than the secret is refused" status 2 "$CHARGETOP" channels $call --secret-file "$work/words"
check "without showing what is in it" sh -c "grep -q 'more than one word' '$work/err' && ! grep -q 'two words' '$work/err'"
chmod 644 "$work/words"; cp "$work/secret" "$work/open"; chmod 644 "$work/open"
check "a secret that others can read is used, with a warning" status 0 "$CHARGETOP" channels $call --secret-file "$work/open"
check "that says what to do" err 'chmod 600'
}

# --- where the credentials come from
check "PUSHER_URL is enough" status 0 env PUSHER_URL="http://demo-key:demo-secret@127.0.0.1:$port/apps/demo" "$CHARGETOP" channels
check "single variables as well" status 0 env PUSHER_APP_ID=demo PUSHER_APP_KEY=demo-key PUSHER_APP_SECRET=demo-secret PUSHER_HOST=127.0.0.1 PUSHER_PORT="$port" PUSHER_SCHEME=http "$CHARGETOP" channels
check "an option wins over them" status 3 env PUSHER_URL="http://demo-key:demo-secret@127.0.0.1:$port/apps/demo" "$CHARGETOP" channels --secret-file "$work/wrong"
check "a PUSHER_URL that is none is refused" status 2 env PUSHER_URL="http://demo-key:demo-secret@127.0.0.1:$port/" "$CHARGETOP" channels
check "and its secret is not repeated" sh -c "grep -q 'environment PUSHER_URL: ' '$work/err' && ! grep -q demo-secret '$work/err'"
check "a command prints the secret" status 0 "$CHARGETOP" channels --host 127.0.0.1 --port "$port" --no-tls --app-id demo --key demo-key --secret-command 'echo demo-secret'
check "one that fails is told" status 2 "$CHARGETOP" channels --host 127.0.0.1 --port "$port" --no-tls --app-id demo --key demo-key --secret-command 'exit 5'
printf '[profile here]\nhost = 127.0.0.1\nport = %s\ntls = no\norders = 1, 2\n[app demo]\nkey = demo-key\nsecret = demo-secret\n' "$port" >"$work/conf"
check "the configuration's application serves, and its orders are none of the words" status 0 "$CHARGETOP" channels --config "$work/conf" --profile here
check "two profiles are one too many" status 2 "$CHARGETOP" channels --config "$work/conf" --profile here,powerly
check "a profile names the secret's file" sh -c "printf '[profile here]\\nhost = 127.0.0.1\\nport = $port\\ntls = no\\nkey = demo-key\\napp_id = demo\\nsecret_file = $work/secret\\n' >'$work/conf2' && '$CHARGETOP' channels --config '$work/conf2' --profile here"
check "the cluster's host is that of its HTTP API" sh -c "'$CHARGETOP' channels --cluster nowhere-test --app-id 1 --key k --secret-file '$work/secret' --timeout 3s 2>&1 | grep -q 'https://api-nowhere-test.pusher.com:443'"

# --- auth
printf '7ad3773142a6692b25b8' >"$work/doc"; chmod 600 "$work/doc"
auth() { _w=$1; shift; _got=$("$CHARGETOP" auth --key 278d425bdf160c739803 --secret-file "$work/doc" --encryption-key-file "$work/master" "$@" 2>"$work/err"); [ "$_got" = "$_w" ] || { echo "$_got"; cat "$work/err"; return 1; }; }
check "a private channel is signed as published" auth '{"auth":"278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"}' private-foobar 1234.1234
check "so is a presence channel, with its member" auth '{"auth":"278d425bdf160c739803:48dac51d2d7569e1e9c0f48c227d4b26f238fa68e5c0bb04222c966909c4f7c4","channel_data":"{\"user_id\":\"10\",\"user_info\":{\"name\":\"Mr. Pusher\"}}"}' presence-foobar 1234.1234 --user 10 --info '{"name":"Mr. Pusher"}'
check "so is a user" auth '{"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba","user_data":"{\"id\":\"12345\"}"}' --signin 1234.1234 --user 12345
check "so is a user who watches others" auth '{"auth":"278d425bdf160c739803:71ab6e90fae354cfe77e72f735ff581bdccb6c0a45ae50ef9216e1fc7cb42591","user_data":"{\"id\":\"u-7\",\"user_info\":{\"name\":\"Ann\"},\"watchlist\":[\"u-8\",\"u-9\"]}"}' --signin 987654.1234567890 --user u-7 --info '{"name":"Ann"}' --watch u-8 --watch u-9
check "an encrypted channel gets its shared secret" auth '{"auth":"278d425bdf160c739803:ed26011dd09ad110e330bf98382aba2546b437238e3166f022ecd64f5d9af120","shared_secret":"wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc="}' private-encrypted-vault 987654.1234567890
sign="--key k --secret-file $work/doc"
# shellcheck disable=SC2086
{
check "a socket id that could forge another signature is refused" status 2 "$CHARGETOP" auth $sign private-x '1.2:private-y'
check "a public channel is not signed" status 2 "$CHARGETOP" auth $sign news 1.2
check "a presence channel needs a user" status 2 "$CHARGETOP" auth $sign presence-x 1.2
check "a private one has none" status 2 "$CHARGETOP" auth $sign private-x 1.2 --user u
check "info must be JSON" status 2 "$CHARGETOP" auth $sign presence-x 1.2 --user u --info '{'
check "to sign in needs a user" status 2 "$CHARGETOP" auth $sign --signin 1.2
check "one word too many is refused" status 2 "$CHARGETOP" auth $sign private-x 1.2 3.4
check "two users are not ended at once" status 2 "$CHARGETOP" terminate $call a b
}
echo "1..$number"
