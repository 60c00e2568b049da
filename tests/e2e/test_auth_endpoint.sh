# The authorization endpoints of our own server, asked by the official client.
. tests/e2e/lib.sh
install_peers
node "$peers/auth.js"
