# The official server SDK against the HTTP API of our own server.
. tests/e2e/lib.sh
install_peers
node "$peers/sdk.js"
