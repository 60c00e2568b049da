#!/bin/sh
# checklist.sh: docs/CHECKLIST.md names a proof for each of its lines, and every proof exists. Under a
# numbered line stand `- tests/FILE: test name`, `- eyes: tests/golden/NAME.screen` (a picture that
# a person judges) or `- not proven: why`; something else is a mistake. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
list=docs/CHECKLIST.md
LINES=100
faults=$(mktemp) || exit 1
trap 'rm -f "$faults" "$faults.rows"' EXIT

# number|kind|file|name, one proof a row; what is out of order becomes a fault
awk -v faults="$faults" -v lines=$LINES '
    function fault(text) { print text >>faults }
    /^[0-9]+\. / {
        n = $1 + 0
        if (n != last + 1) fault("line " n " follows line " last)
        if (last && !proofs) fault("line " last " has no proof")
        last = n; proofs = 0; next
    }
    /^ *- eyes: tests\// { sub(/^ *- eyes: /, ""); print last "|eyes|" $0 "|"; proofs++; next }
    /^ *- not proven: ./ { print last "|not||"; proofs++; next }
    /^ *- tests\/[^:]*: ./ {
        sub(/^ *- /, ""); at = index($0, ": ")
        print last "|test|" substr($0, 1, at - 1) "|" substr($0, at + 2); proofs++; next
    }
    last && /^ *- / { fault("line " last ": not understood: " $0) }
    END {
        if (last && !proofs) fault("line " last " has no proof")
        if (last != lines) fault("the last line is " last " and not " lines)
    }' "$list" >"$faults.rows"

# A test of a C program is defined and registered; a check of a script stands behind `check` or `gate`.
while IFS='|' read -r n kind file name; do
    case $kind in
    eyes) [ -s "$file" ] || echo "line $n: no picture $file" ;;
    test)
        if [ ! -f "$file" ]; then
            echo "line $n: no file $file"
        else
            case $file in
            *.c) [ "$(grep -cwF -e "$name" "$file")" -ge 2 ] || echo "line $n: $file has no test $name" ;;
            *) grep -qF -e "check \"$name\"" -e "gate \"$name\"" "$file" || echo "line $n: $file has no check \"$name\"" ;;
            esac
        fi ;;
    esac
done <"$faults.rows" >>"$faults"

if [ -s "$faults" ]; then
    sed 's/^/# /' "$faults"
    echo "not ok 1 - $list names a proof that exists for each line"
else
    echo "ok 1 - $list names a proof that exists for each line"
fi
count() { grep -E "^[0-9]+\|$1\|" "$faults.rows" | cut -d'|' -f1 | sort -un | wc -l; }
only() { # lines whose proofs are all of one kind
    awk -F'|' -v kind="$1" '{seen[$1] = 1} $2 != kind {other[$1] = 1} END {for (i in seen) if (!(i in other)) n++; print n + 0}' "$faults.rows"
}
echo "# by a test: $(count test), by a picture alone: $(only eyes), not proven: $(only not), with a part not proven: $(($(count not) - $(only not)))"
echo "1..1"
