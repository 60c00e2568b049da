# The program from the shell: help, versions, mistakes, exit statuses, completions, configuration.
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
fits() { awk 'length > 80 {print; bad = 1} END {exit bad}' "$work/out"; }

check "--version prints the version and ends with 0" status 0 "$CHARGETOP" --version
check "which is a number" grep -qE '^chargetop [0-9]+\.[0-9]+\.[0-9]+$' "$work/out"
for c in "" watch demo serve tail watch-order doctor explain completion; do
    # shellcheck disable=SC2086
    check "--help of '${c:-chargetop}' ends with 0" status 0 "$CHARGETOP" $c --help
    check "and fits 80 columns" fits
done
check "an unknown option is a usage error" status 2 "$CHARGETOP" --nonsense
check "told in one line" one_line
check "a secret behind an option that does not exist is refused" status 2 "$CHARGETOP" tail --token=s3cr3t 1
check "without being repeated" sh -c "grep -q -e --token '$work/err' && ! grep -q s3cr3t '$work/err'"
check "and names the file, the variable and the command that hold one" sh -c "grep -q -e '--token-file' '$work/err' && grep -q CHARGETOP_TOKEN '$work/err' && grep -q token_command '$work/err'"
check "told in one line" one_line
check "an application's secret there is refused as well" status 2 "$CHARGETOP" trigger --secret s3cr3t -c a -e b -d 1
check "with where it belongs" sh -c "grep -q -e '--secret-file' '$work/err' && ! grep -q s3cr3t '$work/err'"
check "an option of another command is refused" status 2 "$CHARGETOP" demo --raw
check "a missing value is named" status 2 "$CHARGETOP" tail --host
check "a port beyond 65535 is refused" status 2 "$CHARGETOP" tail --port 65536 1
check "a number that is none is refused" status 2 "$CHARGETOP" tail --count x 1
check "nothing to follow is a usage error" status 2 "$CHARGETOP" tail
check "the dashboard refuses a pipe" status 2 "$CHARGETOP" demo
check "and names tail" grep -q 'chargetop tail' "$work/err"
check "a wrong theme is named" status 2 "$CHARGETOP" demo --theme no-such-theme
check "an unknown fault is refused" status 2 "$CHARGETOP" serve --simulate 1 --fault nonsense
check "of several the unknown one is named, in one line" status 2 "$CHARGETOP" demo --fault drop,stall,nonsense,glitch
check "and first" grep -q "^chargetop: 'nonsense' is no fault; .*--help" "$work/err"
check "an unknown one too long to be repeated is marked as cut" sh -c "'$CHARGETOP' demo --fault \$(printf 'x%.0s' \$(seq 100)) 2>&1 | grep -q 'xxx\.\.\.'"
check "several faults stand in one value" status 0 "$CHARGETOP" demo --fault stall,silence --fault drop --once --for 1s
check "an empty one among them is refused" status 2 "$CHARGETOP" demo --fault stall,,drop
check "the demo credentials are refused on other addresses" status 2 "$CHARGETOP" serve --bind 0.0.0.0 --port 0
check "with the reason" grep -qi 'demo' "$work/err"

for shell in bash zsh fish; do
    check "completion for $shell is printed" status 0 "$CHARGETOP" completion $shell
    # shellcheck disable=SC2013
    for o in $("$CHARGETOP" tail --help | grep -oE '^ +(-[a-zA-Z], )?--(\[no-\])?[a-z-]+' | sed 's/.*--//; s/\[no-\]//'); do
        grep -q -e "$o" "$work/out" || echo "$o" >>"$work/missing.$shell"
    done
    check "and knows every option of tail" test ! -s "$work/missing.$shell"
done
"$CHARGETOP" completion bash >"$work/c.bash"
check "bash accepts its script" bash -n "$work/c.bash"
check "and completes a prefix" bash -c ". '$work/c.bash'; COMP_WORDS=(chargetop tail --ra); COMP_CWORD=2; _chargetop; [ \"\${COMPREPLY[0]}\" = --raw ]"
check "and a value behind =" bash -c ". '$work/c.bash'; COMP_WORDS=(chargetop --plot = bl); COMP_CWORD=3; _chargetop; [ \"\${COMPREPLY[*]}\" = block ]"
check "and the names of faults" bash -c ". '$work/c.bash'; COMP_WORDS=(chargetop demo --fault sta); COMP_CWORD=3; _chargetop; [ \"\${COMPREPLY[*]}\" = 'stall stall-link' ]"
check "and a file with a blank" bash -c ". '$work/c.bash'; touch '$work/a file.pem'; COMP_WORDS=(chargetop --ca-file '$work/a '); COMP_CWORD=2; _chargetop; [ \"\${COMPREPLY[0]}\" = '$work/a file.pem' ]"
if command -v zsh >/dev/null; then
    "$CHARGETOP" completion zsh >"$work/c.zsh"
    check "zsh accepts its script" zsh -n "$work/c.zsh"
    check "and registers it when it is sourced" zsh -f -c "autoload -Uz compinit; compinit -D -u; . '$work/c.zsh'; [ \"\${_comps[chargetop]}\" = _chargetop ]"
fi
if command -v fish >/dev/null; then
    "$CHARGETOP" completion fish >"$work/c.fish"
    check "fish accepts its script" fish -n "$work/c.fish"
    check "and completes options of the dashboard without its name" fish -c "source '$work/c.fish'; complete -C 'chargetop --kio' | grep -q '^--kiosk'"
    check "and the names of faults" fish -c "source '$work/c.fish'; complete -C 'chargetop demo --fault sta' | grep -q '^stall-link'"
    check "and values" fish -c "source '$work/c.fish'; complete -C 'chargetop themes --colo' | grep -q '^--color'; complete -C 'chargetop demo --plot b' | grep -q '^block'"
fi
check "a time out of its range is a usage error" status 2 "$CHARGETOP" demo --json --every 300ms
check "that names the range as one types it" sh -c "grep -q 'every: 300ms is outside 1s to 24h$' '$work/err'"
check "and so is a speed out of its range" status 2 "$CHARGETOP" demo --speed -1
check "whose range has no other unit than it" sh -c "grep -q 'speed: -1 is outside 0.001 to 3600$' '$work/err'"
check "no line of --help ends with a blank" sh -c "! '$CHARGETOP' demo --help | grep -q ' $'"
check "an unknown shell is a usage error" status 2 "$CHARGETOP" completion csh

check "the manual page is the one the tables print" sh -c "'$CHARGETOP' --man | cmp - docs/chargetop.1"

cat >"$work/good.conf" <<'END'
profile = mine
[profile mine]
host = 127.0.0.1
port = 1
key = k
tls = no
auth_endpoint = http://127.0.0.1:1/auth
orders = 11, 12
[screen]
theme = light
[limits]
stall = 4m
END
cat >"$work/bad.conf" <<'END'
[profile mine]
host = 127.0.0.1
porta = 1
port = 70000
[screen]
color = pink
[nonsense]
x = 1
this is not a setting
END
cat >"$work/odd.conf" <<'END'
[profile mine]
auth_endpoint = ftp://x/
api_base = nonsense
header = no colon here
[screen]
theme = no-such-theme
columns = st, nothing
sort = upwards
[serve]
fault = nonsense
[app a]
key = k
secret = s
client_events = maybe
END
check "a good configuration has no mistakes" status 0 "$CHARGETOP" --check-config --config "$work/good.conf"
check "a directory is no configuration" status 2 "$CHARGETOP" --check-config --config "$work"
check "and is named as one" grep -q "is a directory; give --config a file" "$work/err"
check "a bad one ends with 2" status 2 "$CHARGETOP" --check-config --config "$work/bad.conf" --profile mine
check "an unknown key is named with file and line" grep -q "bad.conf:3: porta: unknown key" "$work/err"
check "and a near one is told" grep -q "porta: unknown key in \[profile\]; near: port$" "$work/err"
check "so is a value out of range" grep -q "bad.conf:4: port: " "$work/err"
check "so is a wrong choice" grep -q "bad.conf:6: color: .*auto|never|always" "$work/err"
check "so is an unknown section" grep -q "bad.conf:8: " "$work/err"
check "so is a line that is no setting" grep -q "bad.conf:9: " "$work/err"
check "values that cannot work are mistakes as well" status 2 "$CHARGETOP" --check-config --config "$work/odd.conf"
for line in "2: auth_endpoint" "3: api_base" "4: header" "6: theme" "7: columns" "8: sort" "10: fault" "14: client_events"; do
    check "such as line $line" grep -q "odd.conf:$line: " "$work/err"
done
cat >"$work/limits.conf" <<'END'
[limits]
silent_periods = 1000
delivery = 1ms
bad = 24h
grain_steps = 1
stale = 90s
stale_periods = 5
power_window = 10m
power_window_short = 3s
power_window_short_wh = 1000000000
smooth_pct = 100
left_min_w = 1
taper_pct = 100
END
cat >"$work/badlimits.conf" <<'END'
[limits]
silent_periods = 1001
delivery = 0
bad = 24h1s
grain_steps = 0
stale = -1s
stale_periods = 2.5
power_window = 601s
power_window_short = soon
power_window_short_wh = 1000000001
smooth_pct = 101
left_min_w =
taper_pct = 101
patience = 3
END
check "each limit may be set to its edge" status 0 "$CHARGETOP" --check-config --config "$work/limits.conf"
printf '[limits]\npower_window = 20s\npower_window_short = 30s\n' >"$work/windows.conf"
check "a short window longer than the long one is refused" status 2 "$CHARGETOP" --check-config --config "$work/windows.conf"
check "with both values" grep -qF "windows.conf:3: power_window_short: 30s is longer than power_window, which is 20s" "$work/err"
printf '[limits]\npower_window = 2s\n' >"$work/windows.conf"
check "against the built-in one too" status 2 "$CHARGETOP" --check-config --config "$work/windows.conf"
check "with its value" grep -qF "windows.conf:2: power_window_short: 6s is longer than power_window, which is 2s" "$work/err"
check "and not beyond" status 2 "$CHARGETOP" --check-config --config "$work/badlimits.conf"
for line in "2: silent_periods: not a number from 1 to 1000" "3: delivery: not a time such as 30s or 5m, at most 1440 minutes" "4: bad" "5: grain_steps" "6: stale" "7: stale_periods" "8: power_window: not a time such as 30s or 5m, at most 10 minutes" "9: power_window_short" "10: power_window_short_wh" "11: smooth_pct: not a number from 1 to 100 %" "12: left_min_w" "13: taper_pct" "14: patience: unknown key in [limits]"; do
    check "told with file, line and key: $line" grep -qF "badlimits.conf:$line" "$work/err"
done
cat >"$work/keys.conf" <<'END'
[keys]
ack = a F7
quit = none
events.zoom = W
window-fit = =
order-next = Semicolon
END
cat >"$work/badkeys.conf" <<'END'
[keys]
acknowledge = a
pause = NoSuchKey
zoom = a
quit = ^C
events.hold = X
reload = ^X
redraw = ^X
END
check "keys of one's own are no mistake" status 0 "$CHARGETOP" --check-config --config "$work/keys.conf"
check "wrong ones are" status 2 "$CHARGETOP" --check-config --config "$work/badkeys.conf"
for line in "2: acknowledge: no such action" "3: pause: 'NoSuchKey' is no key" "4: zoom: a already means ack in the Orders pane" "5: quit: ^C always quits" "6: events.hold: this action does nothing in that pane" "8: redraw: ^X already means reload"; do
    check "named with file, line and key: $line" grep -qF "badkeys.conf:$line" "$work/err"
done
cat >"$work/layouts.conf" <<'END'
[screen]
layout = desk
[layout desk]
row = 2: orders 3, connection
row = plot
END
cat >"$work/badlayouts.conf" <<'END'
[screen]
layout = nowhere
[layout desk]
row = 2: orders, nothing
rows = 3
row = 0: plot
[layout plots]
row = plot
END
check "layouts of one's own are no mistake" status 0 "$CHARGETOP" --check-config --config "$work/layouts.conf"
check "wrong ones are" status 2 "$CHARGETOP" --check-config --config "$work/badlayouts.conf"
for line in "2: layout: neither" "4: row: no pane 'nothing'" "5: rows: unknown key" "6: row: a row's weight" "8: row: plots is a layout of the program"; do
    check "named with file, line and key: $line" grep -qF "badlayouts.conf:$line" "$work/err"
done
cat >"$work/alarms.conf" <<'END'
[alarms]
hold_stall = 30s
hold_link = 1m
link = no
hold_deny = 0s
slow = no
group = 5s
snooze = 30m
bell = yes
notify = osc777
[site Depot]
limit_kw = 110.5
members = Depot, Dock, id:626
[site Mall]
limit_kw = 44
END
cat >"$work/badalarms.conf" <<'END'
[alarms]
hold_chrg = 30s
hold_stall = soon
bell = maybe
notify = mail
snooze = 25h
[site Depot]
limit_kw = -1
power = 3
END
check "alarms and sites are read" status 0 "$CHARGETOP" --check-config --config "$work/alarms.conf"
check "mistakes in them are told" status 2 "$CHARGETOP" --check-config --config "$work/badalarms.conf"
for line in "2: hold_chrg: unknown key" "3: hold_stall: not a time" "4: bell: neither yes nor no" "5: notify: not off, osc9 or osc777" "6: snooze: not a time" "8: limit_kw: not a number" "9: power: unknown key"; do
    check "with file, line and key: $line" grep -qF "badalarms.conf:$line" "$work/err"
done
check "a mistake stops every command" status 2 "$CHARGETOP" tail --config "$work/bad.conf" --profile mine 1
check "an unreadable file too" status 2 "$CHARGETOP" tail --config "$work/none.conf" 1
check "an unknown profile too" status 2 "$CHARGETOP" tail --config "$work/good.conf" --profile none 1

# Precedence, seen from outside: which server is tried.
seen() { grep -oE '127\.0\.0\.[0-9]+:[0-9]+|"reason":"[^"]*' "$work/out" | head -n 1; }
"$CHARGETOP" serve --port 0 --simulate 3 --seed 1 --speed 60 >"$work/serve" 2>"$work/serve.err" &
pids="$pids $!"
i=0; while [ $i -lt 100 ] && ! grep -q ready "$work/serve"; do sleep 0.1; i=$((i + 1)); done
port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' "$work/serve")
cat >"$work/live.conf" <<END
profile = here
[profile here]
host = 127.0.0.1
port = $port
key = demo-key
tls = no
auth_endpoint = http://127.0.0.1:$port/broadcasting/auth
api_base = http://127.0.0.1:$port/api/v1/
discover = yes
END
check "the file alone is enough" status 0 env CHARGETOP_TOKEN=demo-token timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --count 5
check "and prints five objects" test "$(wc -l <"$work/out")" = 5
check "the environment wins over the file" status 4 env CHARGETOP_TOKEN=demo-token CHARGETOP_KEY=other timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --count 50
check "argv wins over the environment" status 0 env CHARGETOP_TOKEN=demo-token CHARGETOP_KEY=other timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --key demo-key --count 5
echo demo-token >"$work/token"; chmod 600 "$work/token"
check "a token file serves as well" status 0 timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --token-file "$work/token" --count 8
check "and a token command" status 0 timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --token-command "cat $work/token" --count 8
check "too little time for the count ends with 5" status 5 env CHARGETOP_TOKEN=demo-token timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --count 100000 --for 1s
check "--for alone ends with 0" status 0 env CHARGETOP_TOKEN=demo-token timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --for 1s
check "stdout holds nothing but JSON objects" sh -c "! grep -qv '^{.*}\$' '$work/out'"
check "--raw prints the frames as received" status 0 env CHARGETOP_TOKEN=demo-token timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --raw --count 3
check "the greeting first" sh -c "head -n 1 '$work/out' | grep -q 'pusher:connection_established'"
check "a closed pipe ends it quietly" sh -c "CHARGETOP_TOKEN=demo-token timeout 30 '$CHARGETOP' tail --config '$work/live.conf' 2>'$work/err' | head -n 2 >/dev/null; [ ! -s '$work/err' ]"
check "an order refused by 403 ends with 3 when it is the only one" status 3 timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --no-discover --token-command "echo wrong" --for 20s 2149

# Several profiles at once: the first has the orders, the others are told apart by their names.
cat >>"$work/live.conf" <<END
[profile office]
kind = channels
host = 127.0.0.1
port = $port
key = demo-key
tls = no
channels = news, cache-weather
[profile second]
host = 127.0.0.1
port = $port
key = demo-key
END
check "two profiles are followed at once" status 0 env CHARGETOP_TOKEN=demo-token timeout 30 "$CHARGETOP" tail --config "$work/live.conf" --profile here,office --for 2s
check "each event of the second names it" grep -q '"kind":"state","profile":"office"' "$work/out"
check "its channels are subscribed" grep -q '"kind":"subscribed","profile":"office","channel":"cache-weather"' "$work/out"
check "events of the first name none" grep -q '"kind":"subscribed","channel":"private-orders' "$work/out"
check "a second profile of charging orders is refused" status 2 "$CHARGETOP" tail --config "$work/live.conf" --profile here,second
check "in one line that names it" sh -c "grep -q \"'second': kind = charging\" '$work/err' && [ \$(wc -l <'$work/err') = 1 ]"
check "an unknown one too" status 2 "$CHARGETOP" tail --config "$work/live.conf" --profile here,nowhere
check "one that is named twice" status 2 "$CHARGETOP" tail --config "$work/live.conf" --profile here,office,office
check "with its name" grep -q "'office' is named twice" "$work/err"
check "the first as well" status 2 "$CHARGETOP" tail --config "$work/live.conf" --profile office,office news
check "as is an empty name" status 2 "$CHARGETOP" tail --config "$work/live.conf" --profile here,,office

# One file for client and server: each reads its own port and path.
cat >"$work/both.conf" <<END
[serve]
port = 0
path = /served
[profile powerly]
host = 127.0.0.1
port = $port
key = demo-key
tls = no
END
serves() { timeout 2 "$CHARGETOP" serve "$@" >"$work/out" 2>"$work/err"; grep -q '^ready ' "$work/out" || { cat "$work/err"; return 1; }; }
check "the server does not listen on the profile's port" serves --config "$work/both.conf"
cat >"$work/swapped.conf" <<END
[profile powerly]
host = 127.0.0.1
port = $port
key = demo-key
tls = no
[serve]
port = 1
path = /served
END
check "the client does not connect to the port of [serve]" status 0 timeout 30 "$CHARGETOP" tail --config "$work/swapped.conf" --count 3 news

# The token goes nowhere but to the host that was named.
check "a host of its own is followed without the profile's endpoints" status 0 env CHARGETOP_TOKEN=demo-token timeout 30 "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --key demo-key --no-tls --count 3 news
check "none of them is asked" sh -c "! grep -q powerly '$work/out'"
check "a private channel names what is missing" status 3 env CHARGETOP_TOKEN=demo-token timeout 30 "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --key demo-key --no-tls 2149
check "in words" grep -q 'auth-endpoint' "$work/out"
check "discovery too" status 2 "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --key demo-key --no-tls --discover
check "an endpoint said stays, whatever the host" status 3 env CHARGETOP_TOKEN=wrong timeout 30 "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --key demo-key --no-tls --auth-endpoint "http://127.0.0.1:$port/broadcasting/auth" 2149

check "never connected within --for ends with 4" status 4 timeout 30 "$CHARGETOP" tail --host 127.0.0.1 --port 1 --key k --no-tls --for 300ms news
long=$(printf 'c%.0s' $(seq 164))
check "a channel name of 164 bytes is followed" status 0 timeout 30 "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --key demo-key --no-tls --count 3 "$long"
check "and told in full" grep -q "\"channel\":\"$long\"" "$work/out"
check "one of 165 is refused" status 2 timeout 30 "$CHARGETOP" tail --host 127.0.0.1 --port "$port" --key demo-key --no-tls --count 3 "${long}c"
check "an address may stand in brackets" status 4 timeout 30 "$CHARGETOP" tail --host '[::1]' --port 1 --key k --no-tls --for 300ms news
for shell in zsh fish; do
    check "$shell knows the options that switch off" sh -c "'$CHARGETOP' completion $shell | grep -q 'no-tls'"
done
echo "1..$number"
