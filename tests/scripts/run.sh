#!/usr/bin/env bash
# run.sh: shows Bellhop at work on a sample cluster. Where there is a desktop, the tray app opens on it;
# elsewhere, and with TOUR set, the tour plays in the terminal: asking for access, using it, being out
# again.
#
# On a terminal the tour waits for Enter before each command; with AUTO set, or elsewhere, it plays on.
# Nothing in the home folder changes but the caches of cargo, of npm, and of what is fetched.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

if [ -z "${TOUR:-}${AUTO:-}${CI:-}" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  "$scripts/prepare.sh" crates desktop window
  "$scripts/ui.sh" build
  title "Building bellhop and its tray app"
  run cargo build -p bellhop-cli --features pages --bin bellhop
  run env TAURI_CONFIG='{"build":{"devUrl":null}}' cargo build -p bellhop-desktop --bin bellhop-desktop
  tour=(--window)
else
  "$scripts/prepare.sh" crates
  title "Building bellhop"
  run cargo build -p bellhop-cli --bin bellhop
  tour=()
  [ -z "${AUTO:-}${CI:-}" ] || tour=(--auto)
fi
kubectl=$("$counterparties/kubectl.sh" --ensure)

title "Bellhop on a sample cluster"
"$target/debug/bellhop" tour --kubectl "$kubectl" "${tour[@]}"
