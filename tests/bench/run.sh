#!/bin/sh
# Runs a benchmark; where valgrind is, also counts the instructions of one event, as the difference
# between two runs, so that setting up does not count.
set -eu
bench=$1
events=1000

count() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" --count "$1" 2>&1 |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

"$bench"
command -v valgrind >/dev/null || exit 0
once=$(count "$events")
twice=$(count $((2 * events)))
echo "instructions         $(((twice - once) / events)) per event"
