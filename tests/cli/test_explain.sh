# What an error means, from the shell: for people, for programs, and for what nobody knows.
number=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
status() { _n=$1; shift; "$@" </dev/null >"$work/out" 2>"$work/err"; _got=$?; [ $_got = "$_n" ] || { echo "status $_got, not $_n"; cat "$work/err"; return 1; }; }
fits() { awk 'length > 80 {print; bad = 1} END {exit bad}' "$work/out"; }

check "a close code is explained" status 0 "$CHARGETOP" explain 4001
check "what it is" grep -q 'no such app key' "$work/out"
check "with likely causes" grep -q 'causes  - ' "$work/out"
check "whether it is tried again" grep -q 'again   Not by itself' "$work/out"
check "and what to do" grep -q 'do      Compare --key' "$work/out"
check "in 80 columns" fits
check "several at once, by number and by name" status 0 "$CHARGETOP" explain http-503 DNS tls-expired 4150
check "are all there" sh -c "[ \$(grep -c '^  what ' '$work/out') = 4 ]"
check "an HTTP status says where it came" grep -q 'REST: ' "$work/out"
check "without a code all are listed" status 0 "$CHARGETOP" explain
check "one on a line" grep -q '^tls-host  *certificate is for another host$' "$work/out"
check "more than ninety" sh -c "[ \$(wc -l <'$work/out') -gt 90 ]"
check "what is unknown ends with 2" status 2 "$CHARGETOP" explain tls-expird
check "and the nearest is named" grep -q "tls-expired" "$work/err"
check "what is known beside it is told all the same" sh -c "! '$CHARGETOP' explain nonsense 4001 >'$work/out' 2>/dev/null && grep -q 'no such app key' '$work/out'"
check "control characters of a wrong name are not repeated" sh -c "! '$CHARGETOP' explain \"\$(printf 'x\\033[31m')\" 2>&1 | grep -q \"\$(printf '\\033')\""
check "JSON for programs" status 0 "$CHARGETOP" explain --json 4001 dns
check "is an array of objects" sh -c "grep -q '^\\[{\"name\":\"4001\",\"first_code\":4001' '$work/out' && grep -q '\"name\":\"dns\",\"first_code\":null' '$work/out'"
check "says how it goes on" grep -q '"where":"Connection","how":"stop"' "$work/out"
printf '[nonsense]\n' >"$work/bad.conf"
check "a broken configuration does not stand in the way" env CHARGETOP_CONFIG="$work/bad.conf" "$CHARGETOP" explain 4001
"$CHARGETOP" completion bash >"$work/c.bash"
check "bash completes causes" bash -c ". '$work/c.bash'; COMP_WORDS=(chargetop explain tls-e); COMP_CWORD=2; _chargetop; [ \"\${COMPREPLY[0]}\" = tls-expired ]"
echo "1..$number"
