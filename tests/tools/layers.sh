#!/bin/sh
# layers.sh [LIBPURE.A]: every #include below src must be allowed by src/LAYERS, and the pure library
# must not refer to a clock, the environment, randomness or a descriptor.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

allowed=$(sed -n 's/#.*//; /^pure:/d; /^[^<].*:/p' src/LAYERS)
headers=$(sed -n '/^</p' src/LAYERS)

# FOLDER -> the folders it may include, itself first
may() { printf '%s ' "$1"; printf '%s\n' "$allowed" | sed -n "s|^$1:||p"; }

for file in $(find src -name '*.[ch]' | sort); do
    room=${file#src/}
    room=${room%%/*}
    mine=" $(may "$room") "
    for inc in $(sed -n 's/^#include "\(.*\)".*/\1/p' "$file"); do
        case "$mine" in
        *" ${inc%%/*} "*) ;;
        *) echo "$file: \"$inc\" is not allowed in $room (src/LAYERS)"; bad=1 ;;
        esac
        [ -e "src/$inc" ] || { echo "$file: \"$inc\" does not exist"; bad=1; }
    done
    for inc in $(sed -n 's/^#include \(<.*>\).*/\1/p' "$file"); do
        who=$(printf '%s\n' "$headers" | sed -n "s|^$inc:||p")
        [ -n "$who" ] || continue
        case " $who " in
        *" $room "*) ;;
        *) echo "$file: $inc is not allowed in $room (src/LAYERS)"; bad=1 ;;
        esac
    done
done

if [ $# -gt 0 ]; then
    found=$(nm -u "$1" 2>/dev/null | awk '{print $2}' |
        grep -xE 'time|clock_gettime|gettimeofday|getenv|secure_getenv|rand|random|srand|getrandom|arc4random|socket|connect|read|write|open|fopen|recv|send' | sort -u)
    if [ -n "$found" ]; then
        echo "$1 refers to: $(echo $found)"
        bad=1
    fi
fi
[ $bad = 0 ] && echo "layers: every include is allowed"
exit $bad
