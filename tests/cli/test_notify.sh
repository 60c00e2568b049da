# notify against `chargetop serve`: what a follower gets, and what is refused before it is sent.
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
# The data of an event arrives as the text given, which stands escaped in its frame.
heard() { until_true 5 grep -qF -- "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')" "$work/tail"; }

"$CHARGETOP" serve >"$work/serve.log" 2>&1 &
pids="$pids $!"
until_true 10 grep -q '^ready ' "$work/serve.log"
port=$(sed -n 's/^ready ws:..127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve.log")
printf 'demo-secret\n' >"$work/secret"; printf 'wrong\n' >"$work/wrong"; chmod 600 "$work/secret" "$work/wrong"
server="--host 127.0.0.1 --port $port --no-tls"
call="$server --app-id demo --key demo-key --secret-file $work/secret"
to="$call -c notifications --id 1001"

# shellcheck disable=SC2086 # words on purpose
"$CHARGETOP" tail --raw $server --key demo-key -c notifications-1001 >"$work/tail" 2>&1 &
pids="$pids $!"
check "a follower is there" until_true 10 grep -q subscription_succeeded "$work/tail"

# --- one of each kind
# shellcheck disable=SC2086
{
check "a toast is sent" status 0 "$CHARGETOP" notify toast $to -m 'Hello World!' --type success
check "and says on which channel" out '^sent on notifications-1001$'
check "a toast arrives as the package writes it" heard '{"event_type":"TOAST","message":"Hello World!","message_type":"success"}'
check "under the name of its event" grep -q '"event":"notification_event"' "$work/tail"
check "a download is sent" status 0 "$CHARGETOP" notify download $to -m 'Your file is ready' --link https://files.example.com/a.csv
check "a download arrives with its link" heard '{"event_type":"DOWNLOAD_LINK","message":"Your file is ready","message_type":"info","download_link":"https://files.example.com/a.csv"}'
check "under a name of its own" grep -q '"event":"download_event"' "$work/tail"
check "a navigation is sent" status 0 "$CHARGETOP" notify navigate $to -m 'Order 2149 needs attention' --type warning --to /orders/2149
check "a navigation arrives with its path" heard '{"event_type":"NAVIGATE","message":"Order 2149 needs attention","message_type":"warning","path":"/orders/2149"}'
check "an info is sent" status 0 "$CHARGETOP" notify info $to -m 'Tariffs change' --metadata '{"tariff_id":"T-88"}'
check "an info arrives with its metadata" heard '{"event_type":"INFO","message":"Tariffs change","message_type":"info","metadata":{"tariff_id":"T-88"}}'
check "an audio notification is sent" status 0 "$CHARGETOP" notify audio $to -m 'Charger 631 reports a fault' --type failure --link https://files.example.com/alert.mp3
check "an audio notification arrives with its link" heard '"message_type":"failure","audio_url":"https://files.example.com/alert.mp3"}'
check "data is sent" status 0 "$CHARGETOP" notify data $to --data '{"order_id":"2151","soc":63}'
check "data arrives as it was given" heard '{"event_type":"DATA","message":"","message_type":"notification","data":{"order_id":"2151","soc":63}}'
check "a job is named" status 0 "$CHARGETOP" notify toast $to -m 'Exporting' --type in_progress --job exp-1 --metadata '{"a":1}'
check "in the metadata" heard '"message_type":"in_progress","metadata":{"job_id":"exp-1","a":1}}'
printf 'from a file\r\n' >"$work/text"
check "the text comes from a file" status 0 "$CHARGETOP" notify toast $to -m "@$work/text" --event my_event --json
check "and --json tells what was sent" out '^{"ok":true,"channel":"notifications-1001","event":"my_event","bytes":68}$'
check "the text of a file arrives without its line break" heard '"message":"from a file"'
printf '{"event_type":"CUSTOM","is_last_response":true,\n"actions":[{"action_type":"TOAST","data":{"type":"message","message":{"content":"done","content_type":"success"}}}]}\n' >"$work/v2"
check "actions of a file are sent" status 0 "$CHARGETOP" notify $to --v2 "$work/v2"
check "and arrive" heard '"actions":[{"action_type":"TOAST","data":{"type":"message","message":{"content":"done","content_type":"success"}}}]}'
check "under their own name" grep -q '"event":"custom_event"' "$work/tail"
}

# --- before anything is sent
sent=$(wc -l <"$work/tail")
# shellcheck disable=SC2086
{
check "a kind is wanted" status 2 "$CHARGETOP" notify $to -m x
check "an unknown kind is refused" status 2 "$CHARGETOP" notify confetti $to -m x
check "and the known ones are named" err "'confetti' is no kind of notification; there are toast, download"
check "a channel without an id is refused" status 2 "$CHARGETOP" notify toast $call -c notifications -m x
check "an unknown type is refused" status 2 "$CHARGETOP" notify toast $to -m x --type loud
check "a text is wanted" status 2 "$CHARGETOP" notify info $to
check "a download without a link is refused" status 2 "$CHARGETOP" notify download $to -m x
check "a link must be one of the web" status 2 "$CHARGETOP" notify download $to -m x --link 'javascript:alert(1)'
check "a path begins with /" status 2 "$CHARGETOP" notify navigate $to -m x --to orders
check "an option of another kind is refused" status 2 "$CHARGETOP" notify toast $to -m x --link https://a.example
check "and named" err '^chargetop: --link is not for toast$'
check "data must be JSON" status 2 "$CHARGETOP" notify data $to --data '{broken'
check "metadata must be an object" status 2 "$CHARGETOP" notify info $to -m x --metadata '[1]'
check "too much is refused" status 2 "$CHARGETOP" notify toast $to -m "$(head -c 10300 /dev/zero | tr '\0' a)"
check "a name that no channel has is refused" status 2 "$CHARGETOP" notify toast $call -c notifications --id 'two words' -m x
printf '{"event_type":"CUSTOM","actions":[{"action_type":"CONFETTI"}]}' >"$work/unknown"
check "an unknown action is refused" status 2 "$CHARGETOP" notify $to --v2 "$work/unknown"
check "and named as well" err "no action is called 'CONFETTI'"
printf '{"event_type":"TOAST","message":"m","message_type":"info"}' >"$work/v1"
check "--v2 wants actions" status 2 "$CHARGETOP" notify $to --v2 "$work/v1"
check "--v2 and options of the first generation exclude each other" status 2 "$CHARGETOP" notify toast $to --v2 "$work/v2"
check "none of these was sent" [ "$(wc -l <"$work/tail")" = "$sent" ]
}

# --- encrypted, refused, not reached
key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
printf '%s\n' "$key" >"$work/master"; chmod 600 "$work/master"
# shellcheck disable=SC2086
{
check "an encrypted channel needs the master key" status 2 "$CHARGETOP" notify toast $call -c private-encrypted-n --id 7 -m x
check "and takes it" status 0 "$CHARGETOP" notify toast $call -c private-encrypted-n --id 7 -m x --encryption-key-file "$work/master"
check "a wrong secret ends with 3" status 3 "$CHARGETOP" notify toast $server --app-id demo --key demo-key --secret-file "$work/wrong" -c n --id 7 -m x
check "without a server it ends with 4" status 4 "$CHARGETOP" notify toast --host 127.0.0.1 --port 1 --no-tls --app-id demo --key demo-key --secret-file "$work/secret" -c n --id 7 -m x
}
# --- tail: what it means; when the channel is left
last='{"event_type":"CUSTOM","is_last_response":true,"actions":[{"action_type":"NAVIGATE","sequence":2,"data":{"type":"path","path":"/orders/7"}},{"action_type":"TOAST","sequence":1,"data":{"message":{"content":"done","content_type":"success"}}}],"metadata":{"job_id":"exp-1"}}'
printf '%s' "$last" >"$work/last"
cat >"$work/conf" <<CONF
[profile first]
host = 127.0.0.1
port = $port
tls = no
key = demo-key
notices = job-1, staff-all
CONF
# shellcheck disable=SC2086
{
"$CHARGETOP" tail --config "$work/conf" --profile first -c job-2 >"$work/notices" 2>&1 &
pids="$pids $!"
check "notices of the configuration and a channel by name are followed" until_true 10 sh -c "[ \$(grep -c '\"kind\":\"subscribed\"' '$work/notices') = 3 ]"
check "a toast is told" status 0 "$CHARGETOP" notify toast $call -c staff --id all -m 'Shift handover' --type notification --job j-1
check "as a notice" until_true 5 grep -qF '"kind":"notice","channel":"staff-all","event":"notification_event","version":1,"job":"j-1","last_response":false,"actions":[{"action":"TOAST","sequence":0,"type":"notification","message":"Shift handover","link":null,"path":null,"order":null,"data":null}],"unknown_actions":0,"metadata":{"job_id":"j-1"}}' "$work/notices"
check "a last response on a channel of the configuration" status 0 "$CHARGETOP" notify $call -c job --id 1 --v2 "$work/last"
check "is told with its actions in order" until_true 5 grep -qF '"channel":"job-1","event":"custom_event","version":2,"job":"exp-1","last_response":true,"actions":[{"action":"TOAST","sequence":1,"type":"success","message":"done","link":null,"path":null,"order":null,"data":null},{"action":"NAVIGATE","sequence":2,"type":null,"message":null,"link":null,"path":"/orders/7","order":"7","data":null}]' "$work/notices"
check "and on the channel by name" status 0 "$CHARGETOP" notify $call -c job --id 2 --v2 "$work/last"
check "is told as well" until_true 5 grep -q '"kind":"notice","channel":"job-2"' "$work/notices"
check "that channel is left" until_true 5 sh -c "'$CHARGETOP' channels $call job-2 --json | grep -q '\"occupied\":false'"
check "the one of the configuration is not" sh -c "'$CHARGETOP' channels $call job-1 --json | grep -q '\"occupied\":true'"
check "another event is no notice" sh -c "'$CHARGETOP' trigger $call -c job-1 -e other -d '{\"message\":\"m\"}'"
check "and stays an event" until_true 5 grep -q '"kind":"event","channel":"job-1","event":"other"' "$work/notices"
}
echo "1..$number"
