#!/usr/bin/env bash
# run.sh BINARY: starts the tray app under a display and a session bus of its own, beside a backend and
# a sample cluster, reads its menu and chooses from it the way a panel does. Also starts it where it
# cannot run. bellhop and sample-cluster are beside BINARY.
set -euo pipefail

[ $# -eq 1 ] || { echo "Usage: run.sh BINARY (the built bellhop-desktop)" >&2; exit 2; }
binary=$(realpath -e -- "$1")
here=$(dirname -- "$(realpath -- "$0")")

"$here/../counterparties/apt.sh" dbus-daemon libayatana-appindicator3-1 libfaketime \
  libwebkit2gtk-4.1-0 python3-dbus python3-gi webkit2gtk-driver xdotool xvfb

KUBECTL=$("$here/../counterparties/kubectl.sh" --ensure)
export KUBECTL

# The bus starts services with the environment it got, so all of it is private from here on.
HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
mkdir -m 0700 "$HOME/run"
export HOME XDG_RUNTIME_DIR=$HOME/run NO_AT_BRIDGE=1
unset DISPLAY WAYLAND_DISPLAY XAUTHORITY GDK_BACKEND XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME

# Debian's own Python: only that one sees Debian's modules. It leaves no bytecode in the checkout.
export PYTHONDONTWRITEBYTECODE=1
dbus-run-session -- /usr/bin/python3 "$here/tray.py" "$binary"
# What they break stays theirs: a bus of its own.
dbus-run-session -- /usr/bin/python3 "$here/trials.py" "$binary"
