#!/bin/sh
# install_check.sh: what `make install` puts below DESTDIR works from there, and uninstall leaves nothing.
set -eu
cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root" "${B:-}"' EXIT
B=$(mktemp -d)
make --no-print-directory -j2 BUILD="$B" PREFIX=/opt/ct DESTDIR="$root" install >"$root/log" 2>&1 || { cat "$root/log"; exit 1; }
rm "$root/log"
"$root/opt/ct/bin/chargetop" --version
test -s "$root/opt/ct/share/chargetop/themes/light.ini"
"$root/opt/ct/bin/chargetop" themes --json nord | grep -q "share/chargetop/themes/nord.ini"
test -s "$root/opt/ct/share/man/man1/chargetop.1"
! man --warnings -l "$root/opt/ct/share/man/man1/chargetop.1" 2>&1 >/dev/null | grep .
make --no-print-directory BUILD="$B" PREFIX=/opt/ct DESTDIR="$root" uninstall
left=$(find "$root" -type f)
test -z "$left" || { echo "left behind: $left"; exit 1; }
