# Our client library and tail against our own server.
. tests/e2e/lib.sh
install_peers
certificate
node "$peers/client.js" serve
