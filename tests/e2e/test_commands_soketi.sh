# trigger, channels, terminate, auth, webhook and tail --channel against a real soketi.
. tests/e2e/lib.sh
install_peers
node "$peers/commands.js" soketi
