# Users who sign in at our own server with the official client: their events, whom they watch, their end.
. tests/e2e/lib.sh
install_peers
node "$peers/users.js"
