#!/bin/sh
# examples.sh: the examples of docs/examples, built against the library as a user does and run against `chargetop serve`.
# INCLUDE and LIBS say where the library is; without them it is the one in the build directory.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${BUILD:-build}
dir=$(mktemp -d) || exit 1
server=
tls_server=
trap 'kill $server $tls_server 2>/dev/null; rm -rf "$dir"' EXIT
n=0 failed=0
check() { # NAME FILE PATTERN...: every pattern stands in the file
    name=$1 file=$2; shift 2; n=$((n + 1)); status=ok
    for pattern in "$@"; do grep -qE "$pattern" "$file" || { status="not ok"; echo "# no '$pattern' in:"; sed 's/^/#   /' "$file" | head -20; }; done
    [ "$status" = ok ] || failed=1
    echo "$status $n - $name"
}

readelf -d "$B/lib/libpusher.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -v -e '^libc\.' -e '^ld-linux' -e '^libsodium\.' -e '^lib[a-z]*san\.' >"$dir/needs"
nm -D --defined-only "$B/lib/libpusher.so" | awk '{print $3}' | grep -v '^pc_' >"$dir/visible"
nm -g --defined-only "$B/lib/libpusher.a" | awk 'NF == 3 {print $3}' | grep -v '^pc_' >>"$dir/visible"
echo fine >>"$dir/needs"; echo fine >>"$dir/visible"
check "the_core_needs_nothing_but_the_c_library_and_libsodium" "$dir/needs" "^fine$"
[ "$(wc -l <"$dir/needs")" = 1 ] || { echo "not ok $((n + 1)) - it needs $(tr '\n' ' ' <"$dir/needs")"; failed=1; }
check "nothing_but_what_the_headers_declare_is_visible" "$dir/visible" "^fine$"
[ "$(wc -l <"$dir/visible")" = 1 ] || { echo "not ok $((n + 1)) - visible: $(tr '\n' ' ' <"$dir/visible")"; failed=1; }

ln -sf libpusher.so "$B/lib/libpusher.so.0"; ln -sf libpusher-net.so "$B/lib/libpusher-net.so.0"
LD_LIBRARY_PATH=$(cd "$B/lib" && pwd); export LD_LIBRARY_PATH
INCLUDE=${INCLUDE:--Iinclude} LIBS=${LIBS:--L$B/lib -lpusher}
san= # a library with sanitizers wants its program to have them
nm -D "$B/lib/libpusher.so" | grep -q __asan_ && san=-fsanitize=address,undefined
for e in esp32_loop public_channel presence_channel charging_orders; do
    # shellcheck disable=SC2086 # words on purpose
    cc -std=c11 -Wall -Wextra -Werror -Wno-unused-parameter $san $INCLUDE -o "$dir/$e" "docs/examples/$e.c" \
        $( [ $e = esp32_loop ] || echo "$LIBS-net" ) $LIBS 2>"$dir/cc" || { sed 's/^/# /' "$dir/cc"; echo "not ok $((n + 1)) - $e compiles"; exit 1; }
done

"$B/chargetop" serve --simulate 3 --seed 1 --period 1s --speed 20 >"$dir/serve" 2>&1 & server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q ready "$dir/serve" && break; sleep 0.2; done
port=$(sed -n 's/.*:\([0-9]*\)\/app.*/\1/p' "$dir/serve")
auth=http://127.0.0.1:$port/broadcasting/auth

publish() { # CHANNEL EVENT DATA: through the HTTP API, signed
    body="{\"name\":\"$2\",\"channels\":[\"$1\"],\"data\":\"$3\"}"
    md5=$(printf %s "$body" | openssl md5 -r | cut -d' ' -f1)
    query="auth_key=demo-key&auth_timestamp=$(date +%s)&auth_version=1.0&body_md5=$md5"
    signature=$(printf 'POST\n/apps/demo/events\n%s' "$query" | openssl dgst -sha256 -hmac demo-secret -r | cut -d' ' -f1)
    curl -s -o "$dir/published" -H 'Content-Type: application/json' -d "$body" \
        "http://127.0.0.1:$port/apps/demo/events?$query&auth_signature=$signature"
}
until_has() { for _ in $(seq 50); do grep -qE "$2" "$1" 2>/dev/null && return 0; sleep 0.1; done; return 1; }

"$dir/esp32_loop" demo-key 127.0.0.1 "$port" news 4 >"$dir/esp32" 2>"$dir/esp32.log" & esp=$!
"$dir/public_channel" demo-key 127.0.0.1 "$port" news 4 >"$dir/public" 2>&1 & public=$!
until_has "$dir/esp32" "subscribed" && until_has "$dir/public" subscription_succeeded
publish news created '{\"n\":1}'
wait $esp $public
check "the_loop_of_a_microcontroller_subscribes_and_hears" "$dir/esp32" "^connected as [0-9]+\.[0-9]+$" "^subscribed to news$" '^created: \{"n":1\}$'
check "its_log_tells_the_connection_and_no_more" "$dir/esp32.log" "^connecting to 127.0.0.1" "^connected$" "^disconnected$"
check "a_public_channel_is_printed" "$dir/public" '^news created \{"n":1\}$'

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$dir/key.pem" -out "$dir/cert.pem" >/dev/null 2>&1
"$B/chargetop" serve --tls-cert "$dir/cert.pem" --tls-key "$dir/key.pem" >"$dir/serve_tls" 2>&1 & tls_server=$!
until_has "$dir/serve_tls" ready
tls_port=$(sed -n 's/.*:\([0-9]*\)\/app.*/\1/p' "$dir/serve_tls")
"$dir/public_channel" demo-key localhost "$tls_port" news 2 "$dir/cert.pem" >"$dir/wss" 2>&1
check "wss_works_with_a_certificate_that_is_trusted" "$dir/wss" "^news pusher:subscription_succeeded"
"$dir/public_channel" demo-key localhost "$tls_port" news 1 /etc/ssl/certs/ca-certificates.crt >"$dir/wss" 2>&1
check "and_not_with_one_that_is_not" "$dir/wss" "^state [0-9], code 1006: .*certificate"
kill $tls_server; tls_server=

PUSHER_TOKEN=demo-token "$dir/presence_channel" demo-key 127.0.0.1 "$port" "$auth" presence-lockers 4 >"$dir/answers" 2>&1 & answers=$!
until_has "$dir/answers" joined
PUSHER_TOKEN=demo-token "$dir/presence_channel" demo-key 127.0.0.1 "$port" "$auth" presence-lockers 2 ping >"$dir/asks" 2>&1
wait $answers
check "a_presence_channel_is_joined_with_an_authorization_request_and_asked" "$dir/asks" "^joined presence-lockers: 1 here$" "^pong from user-1: online$"
check "and_the_question_is_answered" "$dir/answers" "^ping from user-1, answered$"
PUSHER_TOKEN=wrong "$dir/presence_channel" demo-key 127.0.0.1 "$port" "$auth" presence-lockers 1 >"$dir/refused" 2>&1
check "a_wrong_token_is_a_refusal_and_not_a_crash" "$dir/refused" '^refused: .*"code":401'

cc -std=gnu11 -Wall -Wextra -Werror -DPUSHER_SMALL $INCLUDE -Itests/device/esp_stub -fsyntax-only docs/examples/esp_idf.c >"$dir/esp_idf" 2>&1 && echo fine >"$dir/esp_idf"
check "the_port_for_esp_idf_is_c_that_compiles" "$dir/esp_idf" "^fine$"

TOKEN=demo-token timeout 4 "$dir/charging_orders" demo-key 127.0.0.1 "$port" "$auth" 2149 2150 2151 >"$dir/orders" 2>&1
check "charging_orders_are_printed_in_thirty_lines" "$dir/orders" "^private-orders\.21(49|50|51): [0-9.]+ kWh in [0-9.]+ min, [0-9.]+$"
lines=$(sed -n '/^static void/,$p' docs/examples/charging_orders.c | grep -c .)
[ "$lines" -le 30 ] && echo "ok $((n + 1)) - thirty_lines_it_is" || { echo "not ok $((n + 1)) - thirty lines: $lines"; failed=1; }
exit $failed
