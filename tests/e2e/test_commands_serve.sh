# trigger, channels, terminate, auth, webhook and tail --channel against our own server.
. tests/e2e/lib.sh
install_peers
node "$peers/commands.js" serve
