#!/bin/sh
# figures.sh: runs the session of a device on this machine and on the RISC-V under qemu, prints what the library
# takes there, and fails when that is more than it may be.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${BUILD:-build}
RV=$B/lib/rv32
passed=0 failed=0

# Limits. Growth is a decision: whoever raises one says so in docs/esp-idf.md, where the figures stand.
TEXT_MAX=${TEXT_MAX:-49152} DATA_MAX=${DATA_MAX:-512} MEMORY_MAX=${MEMORY_MAX:-8192} STACK_MAX=${STACK_MAX:-2048}

check() { # NAME STATUS
    if [ "$2" = 0 ]; then passed=$((passed + 1)); echo "ok - $1"; else failed=$((failed + 1)); echo "not ok - $1"; fi
}
run() { # NAME COMMAND...: adds its lines of TAP
    name=$1; shift
    out=$("$@" 2>&1); status=$?
    passed=$((passed + $(echo "$out" | grep -c '^ok ')))
    failed=$((failed + $(echo "$out" | grep -c '^not ok ')))
    echo "$out" | grep -E '^(not ok|#)' | sed "s/^#/# $name:/"
    check "$name ends well" $status
}
figure() { echo "$out" | sed -n "s/^# $1.*: \([0-9]*\) bytes$/\1/p"; }
within() { # NAME VALUE LIMIT
    [ -n "$2" ] && [ "$2" -le "$3" ]; check "$1: ${2:-none} bytes, at most $3" $?
}

run "this machine" "$B/tests/device/test_session"
run "rv32imc" qemu-riscv32 "$RV/session"
memory=$(figure "memory used") stack=$(figure "stack of pc_poll")

# The same CPU with real sockets and a real server.
"$B/chargetop" serve --simulate 3 --seed 1 --period 1s --speed 20 >"$RV/serve" 2>&1 & server=$!
trap 'kill $server 2>/dev/null' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q ready "$RV/serve" && break; sleep 0.2; done
run "rv32imc and a real server" qemu-riscv32 "$RV/live" "$(sed -n 's/.*:\([0-9]*\)\/app.*/\1/p' "$RV/serve")"

# What the linker took of the library for this program, and of the C library for it.
riscv64-unknown-elf-size "$RV/session" | awk 'NR == 2 {print "# the whole program, script and C library included: text " $1 ", data " $2 ", bss " $3}'
own=$(riscv64-unknown-elf-nm --defined-only "$RV/libpusher.a" 2>/dev/null | awk 'NF == 3 {print $3}' | sort -u)
echo "$own" >"$RV/own"
set -- $(riscv64-unknown-elf-nm -S "$RV/session" | awk -v own="$RV/own" '
    BEGIN { while ((getline name < own) > 0) mine[name] = 1 }
    NF == 4 && mine[$4] { n = 0; for (i = 1; i <= length($2); i++) n = n * 16 + index("0123456789abcdef", substr($2, i, 1)) - 1
        if ($3 ~ /[tTrR]/) text += n; else data += n }
    END { print text + 0, data + 0 }')
strings=$(riscv64-unknown-elf-size -A "$RV/session" | awk '$1 == ".rodata" {print $2}')
within "code of the library" "$1" "$TEXT_MAX"
echo "# its texts and tables, and the script's: $strings bytes"
within "data and bss of the library" "$2" "$DATA_MAX"
within "memory of a client" "$memory" "$MEMORY_MAX"
within "stack of pc_poll" "$stack" "$STACK_MAX"

# The port of docs/esp-idf.md, against declarations of the SDK.
riscv64-unknown-elf-gcc --specs=picolibc.specs -march=rv32imc -mabi=ilp32 -std=gnu11 -Os -Wall -Wextra -Werror -DPUSHER_SMALL -Iinclude \
    -Itests/device/esp_stub -c -o "$RV/esp_idf.o" docs/examples/esp_idf.c; check "the example for ESP-IDF compiles for that CPU" $?

# No floating point, no heap, nothing of an operating system.
floats=$(riscv64-unknown-elf-nm "$RV/session" | awk '{print $3}' | grep -E '^__(add|sub|mul|div|float|fix)[a-z]*(sf|df)' | tr '\n' ' ')
[ -z "$floats" ]; check "the program needs no floating point: ${floats:-none}" $?
banned=$(riscv64-unknown-elf-nm -u "$RV/libpusher.a" | awk '{print $2}' |
    grep -xE 'malloc|calloc|realloc|free|read|write|open|socket|time|clock_gettime|getenv|printf|fopen' | sort -u | tr '\n' ' ')
[ -z "$banned" ]; check "the library refers to no heap and no system: ${banned:-none}" $?

echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
