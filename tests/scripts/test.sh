#!/usr/bin/env bash
# test.sh: every test, the quick ones first. What needs a counterparty that cannot be had is named
# in one line; where CI is set that is an error.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

dir=''
finish() {
  local code=$?
  trap '' INT TERM HUP
  set +e
  stop_kube
  [ -z "$dir" ] || remove "$dir"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$scripts/prepare.sh" crates desktop tray kube

title "Unit tests of the crates"
run cargo test --lib --bins

title "The crates against a Kubernetes API server"
if assets=$("$counterparties/kube.sh"); then
  run cargo build -p bellhop-e2e --bin kube-server
  dir=$(mktemp -d "${TMPDIR:-/tmp}/bellhop-test.XXXXXX")
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

title "The tray app"
run cargo test -p bellhop-desktop
run cargo build -p bellhop-desktop --bin bellhop-desktop
run tests/tray/run.sh "$target/debug/bellhop-desktop"

title "All tests passed"
