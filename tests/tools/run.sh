#!/bin/sh
# run.sh TEST...: runs test programs and scripts that print TAP, two at a time, and closes with one line
# `N passed, N failed, N skipped`. A program that crashes or overruns its time has failed.
# WRAP: a command to run each under, such as valgrind.
set -u
cd "$(dirname "$0")/../.." || exit 1
export TZ=UTC LC_ALL=C.UTF-8 CMOCKA_MESSAGE_OUTPUT=TAP CHARGETOP_TESTS=tests
export CHARGETOP="${BUILD:-build}/chargetop" BUILD="${BUILD:-build}"
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}" UBSAN_OPTIONS=print_stacktrace=1
unset XDG_CONFIG_HOME NO_COLOR CHARGETOP_TOKEN CHARGETOP_PROFILE CHARGETOP_CONFIG || true
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT INT TERM
export HOME="$out/home" OUT="$out" WRAP="${WRAP:-}" LIMIT_S="${LIMIT_S:-300}"
mkdir -p "$HOME"

# shellcheck disable=SC2016 # expanded by the inner shell
printf '%s\n' "$@" | xargs -P "${TEST_JOBS:-2}" -I{} sh -c '
    log="$OUT/$(echo "$1" | tr / _)"
    case $1 in *.sh) timeout "$LIMIT_S" sh "$1" >"$log" 2>&1 ;;
    *) timeout "$LIMIT_S" $WRAP "$1" >"$log" 2>&1 ;; esac
    status=$?
    bad=$(grep -cE "^not ok [0-9]" "$log")
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then echo "not ok 0 - $1 ended with status $status" >>"$log"; fi
    if grep -qE "^not ok [0-9]" "$log"; then echo "FAIL $1"; sed "s/^/    /" "$log" | grep -v "^    ok " | tail -n 60
    else echo "ok   $1 ($(grep -cE "^ok [0-9]" "$log"))"; fi
' _ {}

skipped=$(cat "$out"/* 2>/dev/null | grep -ciE '^(not )?ok [0-9].*# *skip')
passed=$(cat "$out"/* 2>/dev/null | grep -E '^ok [0-9]' | grep -cviE '# *skip')
failed=$(cat "$out"/* 2>/dev/null | grep -E '^not ok [0-9]' | grep -cviE '# *skip')
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
