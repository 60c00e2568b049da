# Our client library and tail against a real soketi.
. tests/e2e/lib.sh
install_peers
certificate
node "$peers/client.js" soketi
