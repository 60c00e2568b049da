#!/bin/sh
# compatibility.sh: every test that docs/COMPATIBILITY.md names exists. A cell of its tables is `-` (cannot be), begins with
# `not proven`, or is `FILE: test name`, several parted by <br>; FILE is the name of a file below tests without folder and
# ending. Columns called `feature`, `#`, `capability` and `promise` are free. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
doc=docs/COMPATIBILITY.md
CAPABILITIES=27 # rows that begin with a number
REPORTS=56      # rows that begin with B and a number
faults=$(mktemp) || exit 1
trap 'rm -f "$faults" "$faults.cells" "$faults.files"' EXIT

# line|file|test, one proof a line
awk -v faults="$faults" -v capabilities=$CAPABILITIES -v reports=$REPORTS '
    function fault(text) { print text >>faults }
    function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
    function proof(cell,   at) {
        at = index(cell, ": ")
        if (cell == "-" || cell ~ /^not proven/) { print NR "|" (cell == "-" ? "none" : "not") "|"; return }
        if (!at || cell !~ /^[a-z0-9_/]+: ./) { fault("line " NR ": not understood: " cell); return }
        print NR "|" substr(cell, 1, at - 1) "|" substr(cell, at + 2)
    }
    !/^\|/ { heading = ""; next }
    heading == "" { # the first row of a table
        heading = $0; columns = split($0, name, "|") - 1
        for (i = 2; i <= columns; i++) free[i] = trim(name[i]) ~ /^(feature|#|capability|promise)$/
        next
    }
    /^\|[-| :]+\|$/ { next }
    {
        n = split($0, cell, "|") - 1
        if (n != columns) fault("line " NR ": " n - 1 " cells instead of " columns - 1)
        if (trim(cell[2]) ~ /^[0-9]+$/ && trim(cell[2]) + 0 != ++last) fault("line " NR ": row " trim(cell[2]) " follows row " last - 1)
        if (trim(cell[2]) ~ /^B[0-9]+$/ && substr(trim(cell[2]), 2) + 0 != ++last_report) fault("line " NR ": row " trim(cell[2]) " follows row B" last_report - 1)
        for (i = 2; i <= n; i++) {
            if (free[i]) continue
            if (trim(cell[i]) == "") fault("line " NR ": an empty cell")
            count = split(cell[i], one, "<br>")
            for (k = 1; k <= count; k++) proof(trim(one[k]))
        }
    }
    END { if (last != capabilities) fault("the last numbered row is " last " and not " capabilities); if (last_report != reports) fault("the last reported bug is " last_report " and not " reports) }
' "$doc" >"$faults.cells"

# A test of C is defined and registered (those that run on a device as well are checked by name); a check of a script stands behind `check`, of JavaScript behind `test`.
exists() { # path, test name
    case $1 in
    tests/device/session.c | tests/device/live.c) grep -qF -e "\"$2\"" "$1" ;;
    *.c) [ "$(grep -cwF -e "$2" "$1")" -ge 2 ] ;;
    *.js) grep -qF -e "test('$2'" "$1" && grep -qF "/${1##*/}" tests/e2e/test_*.sh ;;
    *) grep -qF -e "check \"$2\"" "$1" ;;
    esac
}
find tests -name '*.c' -o -name '*.sh' -o -name '*.js' | grep -v '^tests/golden' >"$faults.files"
sort -t'|' -u -k2 "$faults.cells" | while IFS='|' read -r line file name; do
    [ -n "$name" ] || continue
    path=$(grep -E "/$file\.(c|sh|js)\$" "$faults.files")
    case $path in
    "") echo "line $line: there is no $file below tests" ;;
    *"
"*) echo "line $line: $file may be any of" $path ;;
    *) exists "$path" "$name" || echo "line $line: $path has no test \"$name\" that is run" ;;
    esac
done >>"$faults"

if [ -s "$faults" ]; then
    sed 's/^/# /' "$faults"
    echo "not ok 1 - $doc names tests that exist"
else
    echo "ok 1 - $doc names tests that exist"
fi
echo "# proofs: $(grep -cvE '\|(none|not)\|' "$faults.cells"), tests: $(grep -vE '\|(none|not)\|' "$faults.cells" | cut -d'|' -f2- | sort -u | wc -l), cells not proven: $(grep -c '|not|' "$faults.cells")"
echo "1..1"
