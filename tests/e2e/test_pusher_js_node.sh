# The official client in Node against our own server: channels, members, client events, errors, reconnects.
. tests/e2e/lib.sh
install_peers
node "$peers/pusher_js.js"
