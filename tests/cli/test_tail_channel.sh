# tail --channel against `chargetop serve`: every kind of channel, with trigger as the publisher.
number=0
work=$(mktemp -d) || exit 1
pids=""
cleanup() { for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 1' INT TERM
unset PUSHER_URL CHARGETOP_SECRET CHARGETOP_ENCRYPTION_KEY
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; { cat "$work/log"; tail -n 12 "$work"/*.jsonl; } 2>/dev/null | sed 's/^/# /'; fi
}
until_true() {
    _end=$(($(date +%s) + $1)); shift
    while ! "$@" >/dev/null 2>&1; do [ "$(date +%s)" -lt "$_end" ] || return 1; sleep 0.1; done
}
printf 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n' >"$work/master"; chmod 600 "$work/master"
cat >"$work/conf" <<END
[app demo]
key = demo-key
secret = demo-secret
encryption_master_key_file = $work/master
[serve]
token = one-token
token = two-token
END
"$CHARGETOP" serve --config "$work/conf" >"$work/serve.log" 2>&1 &
serving=$!; pids="$pids $serving"
until_true 10 grep -q '^ready ' "$work/serve.log"
port=$(sed -n 's/^ready ws:..127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve.log")
PUSHER_URL="http://demo-key:demo-secret@127.0.0.1:$port/apps/demo"; export PUSHER_URL
# follow NAME TOKEN OPTION...: a tail whose lines go to $work/NAME.jsonl
follow() {
    _name=$1 CHARGETOP_TOKEN=$2; export CHARGETOP_TOKEN; shift 2
    "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --no-tls --key demo-key --api-base "" \
        --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" "$@" >"$work/$_name.jsonl" 2>"$work/$_name.err" &
    last=$!; pids="$pids $last"
}
has() { grep -qE -- "$2" "$work/$1.jsonl"; }
send() { "$CHARGETOP" trigger "$@"; }

follow all one-token --channel 12 --channel private-room --channel presence-hall --channel private-encrypted-vault --channel cache-price
check "channels of every kind are joined" until_true 10 sh -c "[ \$(grep -c '\"kind\":\"subscribed\"' '$work/all.jsonl') = 5 ]"
check "a number is a channel as well" has all '"kind":"subscribed","channel":"12"'
check "an empty cache is told" until_true 5 has all '"kind":"cache_miss","channel":"cache-price","event":"pusher:cache_miss"'
check "who is there is told, we among them" has all '"channel":"presence-hall",.*"user_id":"user-1","members":\[\{"user_id":"user-1","user_info":\{"name":"User 1"\}\}\]'
send -c 12 -c private-room -e moved -d '{"x":1}' >/dev/null
check "a public channel's event comes, from nobody in particular" until_true 5 has all '"kind":"event","channel":"12","event":"moved","data":\{"x":1\},"user_id":null\}$'
check "and a private one's" until_true 5 has all '"kind":"event","channel":"private-room","event":"moved"'
send -c private-room -e "$(printf 'odd\302\23331m')" -d "$(printf '{"x":"\302\23331m\177\342\200\256"}')" >/dev/null
check "what a terminal would obey comes as an escape" until_true 5 has all '"event":"odd\\u009b31m","data":\{"x":"\\u009b31m\\u007f\\u202e"\}'
follow named one-token --channel shop.orders.5 --channel private-orders.6
check "a channel that ends like that of an order is followed by its own name" until_true 10 has named '"kind":"subscribed","channel":"shop.orders.5"'
check "and is no order, though its number may be one of ours" has named '"kind":"subscribed","channel":"shop.orders.5","event":null\}$'
check "one of an order is as well" until_true 10 has named '"kind":"subscribed","channel":"private-orders.6","event":null,"order":"6"'
check "and no other" sh -c "! grep -q '\"channel\":\"private-orders.5\"' '$work/named.jsonl'"
send -c shop.orders.5 -e moved -d '{"x":1}' >/dev/null
check "its events come" until_true 5 has named '"channel":"shop.orders.5","event":"moved"'
kill "$last"
send -c private-encrypted-vault -e secret -d '{"pin":1}' --encryption-key-file "$work/master" >/dev/null
check "an encrypted one is decrypted and marked" until_true 5 has all '"channel":"private-encrypted-vault","event":"secret","data":\{"pin":1\},"user_id":null,"encrypted":true,"decrypted":true\}$'
send -c private-encrypted-vault -e wrong -d '{"pin":2}' --encryption-key-file /dev/null >/dev/null 2>"$work/err"
check "an empty key file is a mistake" grep -q 'is empty' "$work/err"
CHARGETOP_ENCRYPTION_KEY=//////////////////////////////////////////8= send -c private-encrypted-vault -e wrong -d '{"pin":2}' >/dev/null
check "one with another key is marked as it came" until_true 10 has all '"event":"wrong","data":\{"nonce":.*"encrypted":true,"decrypted":false\}$'
follow two two-token --channel presence-hall
check "who comes is told" until_true 5 has all '"kind":"member_added","channel":"presence-hall","event":"pusher:member_added","user_id":"user-2","user_info":\{"name":"User 2"\},"member_count":2\}$'
until_true 5 has two '"kind":"subscribed"'
check "who comes later sees both" has two '"user_id":"user-2","members":\[\{"user_id":"user-1".*"user_id":"user-2"'
kill "$last"
check "who goes as well" until_true 5 has all '"kind":"member_removed","channel":"presence-hall","event":"pusher:member_removed","user_id":"user-2","user_info":null,"member_count":1\}$'
follow gone two-token --channel presence-hall
until_true 10 has gone '"kind":"subscribed"'
until_true 10 sh -c "[ \$(grep -c '\"kind\":\"member_added\"' '$work/all.jsonl') = 2 ]"
kill -9 "$serving" "$last"; wait "$serving" "$last" 2>/dev/null
"$CHARGETOP" serve --config "$work/conf" --port "$port" >"$work/serve.log" 2>&1 &
pids="$pids $!"
check "who left while the server was away is told as such" until_true 20 has all '"kind":"members_meanwhile","channel":"presence-hall","event":"pusher:subscription_succeeded","joined_count":0,"left_count":1,"joined":\[\],"left":\["user-2"\],"member_count":1\}$'
check "a name that is none is refused" sh -c "'$CHARGETOP' tail --host 127.0.0.1 --port $port --no-tls --key demo-key --channel 'two words'; [ \$? = 2 ]"
check "to sign in needs an endpoint" sh -c "'$CHARGETOP' tail --host 127.0.0.1 --port $port --no-tls --key demo-key --signin; [ \$? = 2 ]"
check "every line is one JSON object of the common members" sh -c "! grep -vE '^\\{\"time\":\"[^\"]+\",\"kind\":\"[a-z_]+\",\"channel\":.*\\}\$' '$work/all.jsonl'"
echo "1..$number"
