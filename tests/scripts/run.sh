#!/usr/bin/env bash
# run.sh: builds bellhop, finds or fetches a kubectl, and plays the tour: asking for access to a
# sample cluster, using it, being out again.
#
# On a terminal it waits for Enter before each command; with AUTO set, or elsewhere, it plays on.
# Nothing in the home folder changes but the caches of cargo and of what is fetched.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

"$scripts/prepare.sh" crates

title "Building bellhop"
run cargo build -p bellhop-cli --bin bellhop
kubectl=$("$counterparties/kubectl.sh" --ensure)

auto=()
[ -z "${AUTO:-}${CI:-}" ] || auto=(--auto)
title "The tour"
"$target/debug/bellhop" tour --kubectl "$kubectl" "${auto[@]}"
