#!/usr/bin/env bash
# bench.sh DIR: what the tray app in DIR costs, beside the least that such an app can be. DIR has
# bellhop-desktop, bellhop and sample-cluster, and the example `bare` in DIR/examples; the packages are
# in DIR/bundle.
set -euo pipefail

[ $# -eq 1 ] || { echo "Usage: bench.sh DIR (with the built programs)" >&2; exit 2; }
programs=$(realpath -e -- "$1")
here=$(dirname -- "$(realpath -- "$0")")

"$here/../counterparties/apt.sh" dbus-daemon libayatana-appindicator3-1 libwebkit2gtk-4.1-0 openbox \
  python3-dbus python3-gi webkit2gtk-driver xdotool xvfb

KUBECTL=$("$here/../counterparties/kubectl.sh" --ensure)
export KUBECTL

HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
mkdir -m 0700 "$HOME/run"
export HOME XDG_RUNTIME_DIR=$HOME/run NO_AT_BRIDGE=1
unset DISPLAY WAYLAND_DISPLAY XAUTHORITY GDK_BACKEND XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME

PYTHONDONTWRITEBYTECODE=1 dbus-run-session -- \
  /usr/bin/python3 "$here/bench.py" "$programs/bellhop-desktop" "$programs/examples/bare"
