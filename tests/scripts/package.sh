#!/usr/bin/env bash
# package.sh: makes the packages for Debian and Fedora: the tray app with its pages, the program
# bellhop, manual pages, completions, a user service. They are in
# TARGET/release/bundle; with DEBUG set they are made quicker and larger, in TARGET/debug/bundle.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

readonly TAURI_CLI=2.12.5
stage=$root/target/package

# What is packed beside the tray app. The bundler reads it at a fixed place.
stage() {
  local bellhop=$target/$1/bellhop shell
  rm -rf "$stage"
  mkdir -p "$stage/man" "$stage/completions"
  cp "$bellhop" "$stage/bellhop"
  "$bellhop" man "$stage/man" >/dev/null
  gzip -n9 "$stage"/man/*
  for shell in bash zsh fish; do "$bellhop" completions "$shell" >"$stage/completions/$shell"; done
}

"$scripts/prepare.sh" crates desktop window package
"$scripts/ui.sh" build
# The packages are named with the version; those of another one do not stay.
profile=release flags=()
[ -z "${DEBUG:-}" ] || profile=debug flags=(--debug)
rm -rf "$target/$profile/bundle"

title "The program"
if [ "$profile" = release ]; then
  run cargo build --release -p bellhop-cli --features pages --bin bellhop
else
  run cargo build -p bellhop-cli --features pages --bin bellhop
fi
stage "$profile"

title "The packages"
cache=${BELLHOP_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bellhop-dev}/tools/tauri-cli-$TAURI_CLI
if ! [ -x "$cache/node_modules/.bin/tauri" ]; then
  # Not in the lock file of the pages: not every platform's part of it is always to be had.
  npm install --no-audit --no-fund --no-save --prefix "$cache" "@tauri-apps/cli@$TAURI_CLI" >&2
fi
# The pages are built above, with a Node that is new enough; the one of the system may be too old.
run "$cache/node_modules/.bin/tauri" build --ci --bundles deb,rpm "${flags[@]}" \
  --config '{"build":{"beforeBuildCommand":null}}' -- -p bellhop-desktop
find "$target/$profile/bundle" -name '*.deb' -o -name '*.rpm'
