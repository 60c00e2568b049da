# tests/e2e/lib.sh - what the end-to-end tests share: npm peers, free ports, waiting for a condition.
# Sourced by test_*.sh. Prints TAP.

: "${BUILD:=build}" "${CHARGETOP:=$BUILD/chargetop}"
peers="$BUILD/e2e"
work=$(mktemp -d) || exit 1
pids=""

cleanup() {
    for p in $pids; do kill "$p" 2>/dev/null; done
    tmux -L "ct$$" kill-server 2>/dev/null
    wait 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

number=0
ok() { number=$((number + 1)); echo "ok $number - $1"; }
not_ok() {
    number=$((number + 1)); echo "not ok $number - $1"
    shift; for f in "$@"; do echo "# --- $f"; tail -n 25 "$f" 2>/dev/null | sed 's/^/# /'; done
}
# check SENTENCE COMMAND...: ok when the command succeeds
check() { _s=$1; shift; if "$@" >"$work/check.log" 2>&1; then ok "$_s"; else not_ok "$_s" "$work/check.log"; fi; }

# until_true SECONDS COMMAND...: polls a condition; the only waiting these tests do
until_true() {
    _end=$(($(date +%s) + $1)); shift
    while ! "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$_end" ] || return 1
        sleep 0.1
    done
}

free_port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }

# certificate: $work/cert.pem and $work/key.pem for 127.0.0.1, which Node trusts from then on
certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/cert.pem" 2>"$work/openssl.log" || {
        echo "not ok 0 - no certificate"; sed 's/^/# /' "$work/openssl.log"; exit 1; }
    NODE_EXTRA_CA_CERTS="$work/cert.pem" CERTIFICATES="$work"
    export NODE_EXTRA_CA_CERTS CERTIFICATES
}

install_peers() {
    mkdir -p "$peers"
    if ! cmp -s tests/e2e/peers/package.json "$peers/package.json" || [ ! -d "$peers/node_modules/@soketi" ]; then
        cp tests/e2e/peers/package.json "$peers/package.json"
        (cd "$peers" && npm install --no-audit --no-fund --no-package-lock >npm.log 2>&1) || {
            rm -f "$peers/package.json"
            echo "not ok 0 - npm could not install the peers"; tail -n 20 "$peers/npm.log" | sed 's/^/# /'; exit 1; }
    fi
    cp tests/e2e/peers/*.js "$peers/"
}
