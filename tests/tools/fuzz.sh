#!/bin/sh
# fuzz.sh TARGET.c...: links each target with libFuzzer and runs it FUZZ_S seconds over its corpus; what
# it finds new stays below BUILD, what breaks it is named. One line of TAP a target.
set -u
cd "$(dirname "$0")/../.." || exit 1
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}" UBSAN_OPTIONS=print_stacktrace=1
failed=0
for source in "$@"; do
    name=$(basename "$source" .c | sed 's/^fuzz_//')
    work="$BUILD/$name"
    mkdir -p "$work"
    # shellcheck disable=SC2086 # words on purpose
    "${CC:-clang}" -fsanitize=fuzzer,address,undefined -o "$BUILD/fuzz_$name" "$BUILD/tests/fuzz/fuzz_$name.o" \
        "$BUILD/libpure.a" $LIBS || exit 1
    if "$BUILD/fuzz_$name" -max_total_time="${FUZZ_S:-20}" -max_len=16384 -timeout=10 -artifact_prefix="$BUILD/crash-$name-" \
        "$work" "tests/fuzz/corpus/$name" tests/fixtures/protocol tests/fixtures/powerly >"$work.log" 2>&1; then
        echo "ok - fuzz_$name ($(grep -o 'Done [0-9]* runs' "$work.log"))"
    else
        failed=1
        echo "not ok - fuzz_$name"
        tail -n 40 "$work.log" | sed 's/^/    /'
    fi
done
exit $failed
