# What the command line promises: grouped help, mistakes with their place, XDG paths, a manual that matches.
number=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
check() {
    _s=$1; shift; number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then echo "ok $number - $_s"; else echo "not ok $number - $_s"; sed 's/^/# /' "$work/log" | tail -n 20; fi
}
status() { _n=$1; shift; "$@" </dev/null >"$work/out" 2>"$work/err"; _got=$?; [ $_got = "$_n" ] || { echo "status $_got, not $_n"; cat "$work/err"; return 1; }; }
said() { grep -qF -e "$1" "$work/err" || { cat "$work/err"; return 1; }; }

"$CHARGETOP" watch --help >"$work/help"
grouped() { # every option stands below a heading that ends with a colon
    awk '/^[A-Z][A-Za-z ]*:$/ {heading = 1; n++} /^ +(-[a-zA-Z], )?--/ && !heading {bad = 1} END {exit bad || n < 4}' "$work/help"
}
check "the options of the dashboard stand in groups" grouped

check "a configuration that is missing is a usage error" status 2 "$CHARGETOP" --config "$work/none.conf" demo
check "and the file is named" said "$work/none.conf"
mkdir -p "$work/xdg/chargetop"
printf '[profile mine]\nhost = 127.0.0.1\nnonsense = 1\n' >"$work/xdg/chargetop/chargetop.conf"
printf '[profile mine]\nhost = 127.0.0.1\nother = 1\n' >"$work/own.conf"
check "the configuration is looked for below XDG_CONFIG_HOME" status 2 env XDG_CONFIG_HOME="$work/xdg" "$CHARGETOP" --check-config
check "with file, line and key" said "xdg/chargetop/chargetop.conf:3: nonsense: unknown key"
check "--config wins over it" status 2 env XDG_CONFIG_HOME="$work/xdg" "$CHARGETOP" --check-config --config "$work/own.conf"
check "and it alone is read" sh -c "grep -q 'own.conf:3: other: unknown key' '$work/err' && ! grep -q nonsense '$work/err'"
mkdir -p "$work/home/.config/chargetop"
cp "$work/xdg/chargetop/chargetop.conf" "$work/home/.config/chargetop/"
check "without it below the home directory" status 2 env -u XDG_CONFIG_HOME HOME="$work/home" "$CHARGETOP" --check-config
check "as well" said ".config/chargetop/chargetop.conf:3: nonsense"
cp "$work/xdg/chargetop/chargetop.conf" "$work/before"
check "a start that fails on it leaves it alone" sh -c "XDG_CONFIG_HOME='$work/xdg' '$CHARGETOP' demo --once >/dev/null 2>&1; cmp '$work/before' '$work/xdg/chargetop/chargetop.conf' && [ \$(ls -A '$work/xdg/chargetop' | wc -l) = 1 ]"

for c in watch demo serve tail watch-order doctor explain; do
    "$CHARGETOP" $c --help | grep -oE '^ +(-[a-zA-Z], )?--(\[no-\])?[a-z-]+' | sed 's/.*--//; s/\[no-\]//; s/^no-\]//' | sort -u >"$work/options"
    : >"$work/missing"
    while read -r o; do
        sed 's/\\-/-/g' docs/chargetop.1 | grep -q -e "$o" || echo "$o" >>"$work/missing"
    done <"$work/options"
    check "the manual knows every option of $c --help" sh -c "[ -s '$work/options' ] && cat '$work/missing' && [ ! -s '$work/missing' ]"
    for shell in bash zsh fish; do
        "$CHARGETOP" completion $shell >"$work/$shell"
        : >"$work/missing"
        while read -r o; do grep -q -e "$o" "$work/$shell" || echo "$o" >>"$work/missing"; done <"$work/options"
        check "and so does the completion for $shell of $c" sh -c "cat '$work/missing'; [ ! -s '$work/missing' ]"
    done
done
echo "1..$number"
