#!/usr/bin/env bash
# notices.sh BINARY: shows notices with a notification service that people use, dunst, under a
# display and a session bus of its own, and presses their buttons. BINARY is the built example
# `ring` of bellhop-notices.
set -euo pipefail

[ $# -eq 1 ] || { echo "Usage: notices.sh BINARY (the built example ring)" >&2; exit 2; }
binary=$(realpath -e -- "$1")
here=$(dirname -- "$(realpath -- "$0")")

"$here/../counterparties/apt.sh" dbus-daemon dunst python3-dbus python3-gi xvfb

HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
mkdir -m 0700 "$HOME/run"
export HOME XDG_RUNTIME_DIR=$HOME/run NO_AT_BRIDGE=1
unset DISPLAY WAYLAND_DISPLAY XAUTHORITY XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME

PYTHONDONTWRITEBYTECODE=1 dbus-run-session -- /usr/bin/python3 "$here/notices.py" "$binary"
