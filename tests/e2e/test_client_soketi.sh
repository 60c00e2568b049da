# Our client library and tail against a real soketi.
. tests/e2e/lib.sh
install_peers
node "$peers/client.js" soketi
