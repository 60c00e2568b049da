#!/bin/sh
# deps.sh [build|test]: finds by pkg-config what is missing and installs it with apt on Debian and
# Ubuntu; elsewhere prints the package names for the common package managers and fails.
# DEPS=no forbids installing: what is missing is named and the status is 1.
set -u

what=${1:-build}

# pkg-config name | Debian | Fedora | Arch | Alpine | Homebrew
build_table='libwebsockets|libwebsockets-dev|libwebsockets-devel|libwebsockets|libwebsockets-dev|libwebsockets
libuv|libuv1-dev|libuv-devel|libuv|libuv-dev|libuv
sqlite3|libsqlite3-dev|sqlite-devel|sqlite|sqlite-dev|sqlite
libcurl|libcurl4-openssl-dev|libcurl-devel|curl|curl-dev|curl
libcjson|libcjson-dev|cjson-devel|cjson|cjson-dev|cjson
libcrypto|libssl-dev|openssl-devel|openssl|openssl-dev|openssl@3
libsodium|libsodium-dev|libsodium-devel|libsodium|libsodium-dev|libsodium
libutf8proc|libutf8proc-dev|utf8proc-devel|libutf8proc|utf8proc-dev|utf8proc
inih|libinih-dev|inih-devel|libinih|inih-dev|inih
ncursesw|libncurses-dev|ncurses-devel|ncurses|ncurses-dev|ncurses'
test_table='cmocka|libcmocka-dev|libcmocka-devel|cmocka|cmocka-dev|cmocka
vterm|libvterm-dev|libvterm-devel|libvterm|libvterm-dev|libvterm'
# program or header to look for | the same columns
build_files='cc|gcc|gcc|gcc|gcc musl-dev|
make|make|make|make|make|make
pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf|pkgconf
/usr/include/uthash.h|uthash-dev|uthash-devel|uthash|uthash-dev|uthash
/usr/lib/*/libwebsockets-evlib_uv.so|libwebsockets-evlib-uv||||'
test_files='openssl|openssl|openssl|openssl|openssl|openssl@3
/usr/share/terminfo/x/xterm-direct|ncurses-term|ncurses-term|ncurses|ncurses-terminfo|ncurses'
check_files='tmux|tmux|tmux|tmux|tmux|tmux
curl|curl|curl|curl|curl|curl
node|nodejs|nodejs|nodejs|nodejs|node
npm|npm|nodejs-npm|npm|npm|node
chromium|chromium|chromium|chromium|chromium|chromium
clang|clang|clang|clang|clang|llvm
clang-tidy|clang-tidy|clang-tools-extra|clang|clang-extra-tools|llvm
valgrind|valgrind|valgrind|valgrind|valgrind|valgrind
man|man-db|man-db|man-db|mandoc|
riscv64-unknown-elf-gcc|gcc-riscv64-unknown-elf|gcc-riscv64-linux-gnu|riscv64-elf-gcc|gcc-riscv-none-elf|riscv64-elf-gcc
/usr/lib/picolibc/riscv64-unknown-elf/lib/libc.a|picolibc-riscv64-unknown-elf|picolibc-riscv64-elf|riscv64-elf-newlib|picolibc-riscv-none-elf|
qemu-riscv32|qemu-user|qemu-user|qemu-user|qemu-riscv32|'

column() { printf '%s\n' "$1" | cut -d'|' -f"$2"; }

present_file() {
    case $1 in
    /*\**) for f in $1; do [ -e "$f" ] && return 0; done; return 1 ;;
    /*) [ -e "$1" ] || { [ "$1" = /usr/include/uthash.h ] && echo '#include <uthash.h>' | ${CC:-cc} -E - >/dev/null 2>&1; } ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing_rows() {
    [ "$what" = build ] && { pkgs=$build_table; files=$build_files; }
    [ "$what" = test ] && { pkgs="$build_table
$test_table"; files="$build_files
$test_files"; }
    [ "$what" = check ] && { pkgs="$build_table
$test_table"; files="$build_files
$test_files
$check_files"; }
    printf '%s\n' "$pkgs" | while IFS= read -r row; do
        pkg-config --exists "$(column "$row" 1)" 2>/dev/null || printf '%s\n' "$row"
    done
    printf '%s\n' "$files" | while IFS= read -r row; do
        case $(column "$row" 1) in
        *evlib_uv*) [ -e /etc/debian_version ] || continue ;; # elsewhere part of libwebsockets itself
        esac
        present_file "$(column "$row" 1)" || printf '%s\n' "$row"
    done
}

names() { # column number -> the packages of that manager, on one line
    printf '%s\n' "$rows" | cut -d'|' -f"$1" | sort -u | tr '\n' ' ' | sed 's/  */ /g; s/^ //; s/ $//'
}

rows=$(missing_rows)
[ -n "$rows" ] || exit 0

if [ "${DEPS:-yes}" = no ]; then
    echo "missing, and DEPS=no forbids installing: $(names 2)" >&2
    exit 1
fi

if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || { echo "run as root: apt-get install -y $(names 2)" >&2; exit 1; }
        as_root=sudo
    fi
    # shellcheck disable=SC2046 # the names are words on purpose
    install() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(names 2); }
    log=$(mktemp) || exit 1
    echo "installing: $(names 2)"
    install >"$log" 2>&1 ||
        { $as_root apt-get update >"$log" 2>&1 && install >>"$log" 2>&1; } ||
        { tail -n 5 "$log" >&2; rm -f "$log"
          echo "could not install: $(names 2)" >&2; exit 1; }
    rm -f "$log"
    exit 0
fi

cat >&2 <<END
missing packages; install them and run make again:
  Debian, Ubuntu:  apt-get install $(names 2)
  Fedora:          dnf install $(names 3)
  Arch:            pacman -S $(names 4)
  Alpine:          apk add $(names 5)
  macOS, Linux:    brew install $(names 6)
END
exit 1
