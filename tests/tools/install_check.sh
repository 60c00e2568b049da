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
! man --warnings -l "$root/opt/ct/share/man/man3/libpusher.3" 2>&1 >/dev/null | grep .

# A program outside the tree, against what is installed: each header alone, both libraries, shared and static.
out=$(mktemp -d)
trap 'rm -rf "$root" "${B:-}" "$out"' EXIT
PKG_CONFIG_PATH="$root/opt/ct/lib/pkgconfig"
export PKG_CONFIG_PATH
flags() { pkg-config --define-variable=prefix="$root/opt/ct" "$@"; }
for h in pc.h net.h; do
    echo "#include <pusher/$h>" >"$out/header.c"
    cc -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only $(flags --cflags pusher) "$out/header.c"
    ! command -v c++ >/dev/null || c++ -x c++ -Wall -Wextra -Werror -fsyntax-only $(flags --cflags pusher) "$out/header.c"
done
cp docs/examples/*.[ch] "$out"
cat >"$out/own.c" <<'END'
/* The library's inner names must not be in the way of a program's. */
int buf_init(void);
int buf_init(void) { return 7; }
END
cc -o "$out/shared" "$out/esp32_loop.c" "$out/own.c" $(flags --cflags --libs pusher) -Wl,-rpath,"$root/opt/ct/lib"
cc -o "$out/shared-net" "$out/public_channel.c" "$out/own.c" $(flags --cflags --libs pusher-net) -Wl,-rpath,"$root/opt/ct/lib"
cc -o "$out/static" "$out/esp32_loop.c" "$out/own.c" $(flags --cflags pusher) "$root/opt/ct/lib/libpusher.a" \
    $(flags --libs --static pusher | tr ' ' '\n' | grep -v -e '^-lpusher' -e '^-L')
"$root/opt/ct/bin/chargetop" serve >"$out/serve" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || :; rm -rf "$root" "${B:-}" "$out"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q ready "$out/serve" && break; sleep 0.2; done
port=$(sed -n 's/.*:\([0-9]*\)\/app.*/\1/p' "$out/serve")
for p in shared shared-net static; do
    "$out/$p" demo-key 127.0.0.1 "$port" news 2 >"$out/said" 2>/dev/null
    grep -q subscription_succeeded "$out/said" || { echo "$p: nothing heard"; cat "$out/said"; exit 1; }
done
kill $server
make --no-print-directory BUILD="$B" PREFIX=/opt/ct DESTDIR="$root" uninstall
left=$(find "$root" -type f -o -type l)
test -z "$left" || { echo "left behind: $left"; exit 1; }
