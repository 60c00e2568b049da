# Webhooks of our own server, checked and read by the official server SDK.
. tests/e2e/lib.sh
install_peers
node "$peers/webhooks.js"
