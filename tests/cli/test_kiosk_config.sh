# The section [kiosk] of the configuration, and what the kiosk asks of its surroundings.
number=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
status() { _n=$1; shift; "$@" </dev/null >"$work/out" 2>"$work/err"; _got=$?; [ $_got = "$_n" ] || { echo "status $_got, not $_n"; cat "$work/err"; return 1; }; }

cat >"$work/good.conf" <<'END'
[kiosk]
pages = totals, plot, attention
page_s = 20s
hold = 2m
old_after = 45s
rotation = no
names = no
title = North depot
exit = ^X F10
END
cat >"$work/bad.conf" <<'END'
[kiosk]
pages = totals, weather
pages = totals, totals
pages = ,
page_s = 1s
old_after = soon
rotation = maybe
exit = q
exit = q q q q q q
exit = q NoSuchKey
title = a title that is far too long for the first line of any monitor
colour = pink
END
check "a kiosk can be set" status 0 "$CHARGETOP" --check-config --config "$work/good.conf"
check "mistakes end with 2" status 2 "$CHARGETOP" --check-config --config "$work/bad.conf"
for line in "2: pages: pages are attention" "3: pages: names a page twice" "4: pages: names no page" "5: page_s: not a time" "6: old_after: not a time" "7: rotation: neither yes nor no" "8: exit: not two to five keys" "9: exit: not two to five keys" "10: exit: not two to five keys" "11: title: longer" "12: colour: unknown key in \[kiosk\]"; do
    check "named: $line" grep -q "bad.conf:$line" "$work/err"
done
check "a kiosk needs a terminal like any dashboard" status 2 "$CHARGETOP" demo --kiosk
check "no other command takes --kiosk" status 2 "$CHARGETOP" tail --kiosk 1
check "the unit starts again whatever happens" grep -q '^Restart=always' docs/chargetop-kiosk.service
check "and has no shell behind it" sh -c "! grep -E '^Exec.*(/sh|bash|login|getty)' docs/chargetop-kiosk.service"
check "and owns the first console" grep -q '^TTYPath=/dev/tty1' docs/chargetop-kiosk.service
check "and is watched" grep -q '^WatchdogSec=' docs/chargetop-kiosk.service
check "and gives the token as a file" grep -q '^LoadCredential=token:' docs/chargetop-kiosk.service
if command -v systemd-analyze >/dev/null; then
    check "and systemd finds nothing wrong in it" sh -c "! systemd-analyze verify docs/chargetop-kiosk.service 2>&1 | grep chargetop-kiosk | grep -v -e 'not executable' -e 'man chargetop'"
fi
echo "1..$number"
