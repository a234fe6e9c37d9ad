#!/usr/bin/env bash
# test.sh: every test, the quick ones first. What needs a counterparty that cannot be had is named
# in one line; where CI is set that is an error.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

dir=''
leave_nothing

"$scripts/prepare.sh" crates desktop pages tray package kube postgres shells keyring systemd
dir=$(mktemp -d "${TMPDIR:-/tmp}/bellhop-test.XXXXXX")

# One for all tests: each makes a database of its own, and removes it.
if [ -n "${BELLHOP_TEST_POSTGRES:-}" ]; then
  say "Tests use the PostgreSQL server that BELLHOP_TEST_POSTGRES names"
elif [ -z "$("$counterparties/postgres.sh" --packages)" ]; then
  start_postgres "$dir/postgres"
  export BELLHOP_TEST_POSTGRES=$postgres_address
else
  absent "what needs a PostgreSQL server, which cannot be had here"
fi

title "Unit tests of the crates"
run cargo test --lib --bins

title "The crates against a Kubernetes API server"
if assets=$("$counterparties/kube.sh"); then
  run cargo build -p bellhop-e2e --bin kube-server
  KUBEBUILDER_ASSETS=$assets start_kube "$dir/kube"
  export BELLHOP_TEST_KUBECONFIG=$kube_config
else
  absent "what needs a Kubernetes API server, which cannot be had here"
fi
run cargo test --test '*' 8>&-
run cargo test --doc 8>&-
stop_kube
unset BELLHOP_TEST_KUBECONFIG

title "Stories from end to end"
run cargo test -p bellhop-e2e

"$scripts/ui.sh" unit build

title "The tray app"
run cargo test -p bellhop-desktop
# With the pages in it, as in a package, and not those of a server for developers.
run env TAURI_CONFIG='{"build":{"devUrl":null}}' cargo build -p bellhop-desktop --bin bellhop-desktop
run cargo build -p bellhop-cli -p bellhop-e2e --features bellhop-cli/pages --bin bellhop --bin sample-cluster
run tests/tray/run.sh "$target/debug/bellhop-desktop"
run cargo build -p bellhop-notices --example ring
run tests/tray/notices.sh "$target/debug/examples/ring"
BELLHOP_BIN=$target/debug/bellhop "$scripts/ui.sh" pages

title "The package"
DEBUG=1 "$scripts/package.sh"
run tests/tray/package.sh "$target"/debug/bundle/deb/*.deb "$target/debug/sample-cluster"

title "All tests passed"
