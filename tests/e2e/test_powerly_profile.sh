# The built-in profile of Powerly, as its documentation of WebSocket events describes it.
. tests/e2e/lib.sh
install_peers
node "$peers/powerly.js"
