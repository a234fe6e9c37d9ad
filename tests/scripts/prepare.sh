#!/usr/bin/env bash
# prepare.sh NEED…: checks Rust, and installs the Debian packages that NEEDs lack, asking once.
#
#   crates   a C compiler, for the crates without a window
#   desktop  what the tray app is compiled with
#   tray     a display, a session bus, Python's bindings to it and a notification service, for the
#            tests of the tray app
#   kube     what a Kubernetes API server and a kubelet are built with, when there are none yet
#   postgres a PostgreSQL server, when there is none yet
#   window   what the tray app runs with, and Node, with which its pages are built
#   pages    Node, and a browser to try the pages in
#   systemd  a user's systemd, where one of its own can run
#   shells   fish, in which a test reads what `bellhop env` prints
#   fzf      the fuzzy finder that search is compared with, when there is none yet
#   keyring  a session bus, a keyring, and a program that looks into it
#   lint     shellcheck
#   fuzz     a C++ compiler, for libFuzzer
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

check_rust() {
  local needed found how
  needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  how="Install it with rustup (see rustup.rs), or run 'rustup update stable' where you have it."
  if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
    [ ! -x "$HOME/.cargo/bin/cargo" ] ||
      fail "Rust is in $HOME/.cargo/bin, which is not on your PATH." "Run: . \"\$HOME/.cargo/env\""
    fail "Bellhop is built with Rust $needed or newer, and there is no cargo and rustc here." "$how"
  fi
  found=$(rustc --version | awk '{ print $2 }')
  [ "$(printf '%s\n' "$needed" "${found%%-*}" | sort -V | head -n 1)" = "$needed" ] ||
    fail "Bellhop is built with Rust $needed or newer; $(command -v rustc) is $found." "$how"
}

packages=()
need_node() {
  command -v node >/dev/null && command -v npm >/dev/null || packages+=(nodejs npm)
}

need() {
  case $1 in
    crates) packages+=(gcc libc6-dev) ;;
    desktop) packages+=(gcc libc6-dev pkg-config libwebkit2gtk-4.1-dev libdbus-1-dev) ;;
    # The scripts in tests/tray ask for the same by themselves; here with all others.
    tray)
      packages+=(dbus-daemon dunst libayatana-appindicator3-1 libfaketime libwebkit2gtk-4.1-0)
      packages+=(python3-dbus python3-gi webkit2gtk-driver xdotool xvfb)
      packages+=(desktop-file-utils libglib2.0-bin)
      ;;
    kube)
      mapfile -t -O ${#packages[@]} packages < <("$here/../counterparties/kube.sh" --packages)
      mapfile -t -O ${#packages[@]} packages < <("$here/../counterparties/kubelet.sh" --packages)
      ;;
    postgres)
      mapfile -t -O ${#packages[@]} packages < <("$here/../counterparties/postgres.sh" --packages)
      ;;
    window)
      packages+=(libayatana-appindicator3-1)
      need_node
      ;;
    # The bundler asks pkg-config where the library is that the packages then depend on.
    package) packages+=(libayatana-appindicator3-dev pkg-config) ;;
    pages)
      need_node
      [ -n "${CHROMIUM_BIN:-}" ] || command -v chromium >/dev/null || packages+=(chromium)
      ;;
    systemd)
      [ "$(id -u)" -ne 0 ] ||
        mapfile -t -O ${#packages[@]} packages < <("$here/../counterparties/systemd.sh" --packages)
      ;;
    fzf) command -v fzf >/dev/null || packages+=(fzf) ;;
    keyring) packages+=(dbus-daemon gnome-keyring libsecret-tools) ;;
    lint)
      packages+=(shellcheck)
      # What checks the description of the API comes from npm.
      command -v npx >/dev/null || packages+=(npm)
      ;;
    # Shells in which the tests read what `bellhop env` prints.
    shells) command -v fish >/dev/null || packages+=(fish) ;;
    fuzz) packages+=(g++) ;;
    *) fail "prepare.sh: there is no need called $1" ;;
  esac
}

check_rust
for name in "$@"; do need "$name"; done
[ ${#packages[@]} -eq 0 ] || "$here/../counterparties/apt.sh" "${packages[@]}"
