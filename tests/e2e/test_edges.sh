# TLS, a path and several applications of our own server, seen by the official client and the server SDK.
. tests/e2e/lib.sh
install_peers
certificate
node "$peers/edges.js"
