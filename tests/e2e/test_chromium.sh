# The web builds of the official client, in a headless Chromium, against our own server.
. tests/e2e/lib.sh
install_peers
node "$peers/chromium.js"
