#!/bin/sh
# check.sh: every gate beyond `make test`, each a line of TAP; ends with the counts of all of them.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${BUILD:-build}
MAKE=${MAKE:-make}
total_passed=0 total_failed=0 total_skipped=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

# gate NAME COMMAND...: one pass or fail; counts of test runs inside are added instead when there are any
gate() {
    name=$1; shift
    start=$(date +%s)
    "$@" >"$log" 2>&1; status=$?
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
    [ -n "$counts" ] || { [ $status = 0 ] && counts="1 passed, 0 failed, 0 skipped" || counts="0 passed, 1 failed, 0 skipped"; }
    # shellcheck disable=SC2086 # words on purpose
    set -- $(echo "$counts" | tr -dc '0-9 ')
    # a run that failed without naming a test has failed all the same
    [ $status = 0 ] || [ "$2" != 0 ] || set -- "$1" 1 "$3"
    total_passed=$((total_passed + $1)); total_failed=$((total_failed + $2)); total_skipped=$((total_skipped + $3))
    echo "$([ $status = 0 ] && echo ok || echo FAIL)   $name ($1 passed, $2 failed, $(($(date +%s) - start)) s)"
    [ $status = 0 ] || tail -n 60 "$log" | sed 's/^/    /'
}

gate "layers" $MAKE --no-print-directory layers
gate "real peers: soketi, server SDK, pusher-js in Node and Chromium" env TEST_JOBS=1 sh tests/tools/run.sh tests/e2e/test_*.sh
gate "gcc, no warnings" $MAKE --no-print-directory -j2 BUILD="$B/gcc" CC=gcc MODE=release "$B/gcc/chargetop"
gate "clang, no warnings" $MAKE --no-print-directory -j2 BUILD="$B/clang" CC=clang MODE=release "$B/clang/chargetop"
gate "address and undefined sanitizers" $MAKE --no-print-directory BUILD="$B/asan" MODE=asan DEPS=no test
gate "valgrind on the unit tests" $MAKE --no-print-directory BUILD="$B/valgrind" MODE=debug DEPS=no LIMIT_S=900 valgrind
gate "screens at one size in three" env SIZES_EVERY=3 LIMIT_S=1800 sh tests/tools/run.sh "$B/tests/unit/test_ui_every_size"
gate "clang-tidy" $MAKE --no-print-directory tidy
gate "a small device: rv32imc under qemu, and what it takes" $MAKE --no-print-directory DEPS=no device
gate "install and uninstall" sh tests/tools/install_check.sh
echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
[ $total_failed = 0 ]
