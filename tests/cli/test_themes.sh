# chargetop themes: every theme with a sample, where it was found, colours only where they belong.
number=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
export XDG_CONFIG_HOME="$work/xdg"
out() { env "$@" >"$work/out" 2>"$work/err"; }
esc=$(printf '\033')

check "themes are listed" out "$CHARGETOP" themes
for t in default light high-contrast mono colour-blind nord gruvbox solarized-dark solarized-light dracula; do
    check "$t is among them, with a sample" sh -c "grep -q '^$t .*STALL' '$work/out'"
done
check "a pipe gets no colour" sh -c "! grep -q '$esc' '$work/out'"
check "--color=always gives colour" sh -c "'$CHARGETOP' themes nord --color always | grep -q '$esc\\[0'"
check "and wins over NO_COLOR" sh -c "NO_COLOR=1 '$CHARGETOP' themes nord --color always | grep -q '$esc\\[0'"
check "a named theme shows each role" sh -c "'$CHARGETOP' themes nord | grep -q 'state-stall'"
check "JSON names, files and grounds" sh -c "'$CHARGETOP' themes --json | python3 -c '
import json, sys, os
all = {t[\"name\"]: t for t in json.load(sys.stdin)}
assert all[\"nord\"][\"background\"] == \"#2e3440\", all[\"nord\"]
assert os.path.isfile(all[\"nord\"][\"found\"]), all[\"nord\"]
assert len(all) >= 10'"
check "an unknown theme is a usage error" sh -c "'$CHARGETOP' themes no-such-theme; [ \$? = 2 ]"
check "that names those there are" sh -c "'$CHARGETOP' themes no-such-theme 2>&1 | grep -q solarized-dark"

mkdir -p "$work/xdg/chargetop/themes"
printf '[theme]\nname = mine\nbackground = #ffffff\n[roles]\nalarm = red\n' >"$work/xdg/chargetop/themes/mine.ini"
check "a theme of one's own is found" sh -c "'$CHARGETOP' themes mine | grep -q '$work/xdg/chargetop/themes/mine.ini'"
printf '[roles]\nalarm = purpel\n' >"$work/xdg/chargetop/themes/mine.ini"
check "its mistakes are told with the line" sh -c "'$CHARGETOP' themes mine 2>&1 | grep -q 'mine.ini:2: '"

# Copied to a machine alone: what was shipped is in the program.
mkdir -p "$work/alone"
cp "$CHARGETOP" "$work/alone/chargetop"
check "a program copied alone has every shipped theme" sh -c "for f in themes/*.ini; do '$work/alone/chargetop' themes \$(basename \$f .ini) | grep -q 'built in' || exit 1; done"
check "dressed as the files say" sh -c "'$work/alone/chargetop' themes light solarized-dark --color always | grep -v 'built in' >'$work/alone.out' && '$CHARGETOP' themes light solarized-dark --color always | grep -v '\.ini' | cmp - '$work/alone.out'"
check "and takes the light one on a light ground" sh -c "COLORFGBG='0;15' '$work/alone/chargetop' themes auto --json | grep -q '#ffffff'"
mkdir -p "$work/xdg/chargetop/themes"
printf '[theme]\nname = light\nbackground = #fefefe\n' >"$work/xdg/chargetop/themes/light.ini"
check "a file of one's own wins over it" sh -c "'$work/alone/chargetop' themes light --json | grep -q '#fefefe'"
rm "$work/xdg/chargetop/themes/light.ini"

# As installed below any folder: bin/ and share/ side by side.
mkdir -p "$work/opt/bin" "$work/opt/share/chargetop/themes"
cp "$CHARGETOP" "$work/opt/bin/chargetop"
cp themes/*.ini "$work/opt/share/chargetop/themes/"
check "an installed program finds its themes wherever it was moved to" sh -c "'$work/opt/bin/chargetop' themes nord | grep -q share/chargetop/themes/nord.ini"
echo "1..$number"
