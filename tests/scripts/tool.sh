#!/usr/bin/env bash
# tool.sh NAME VERSION: prints the path of that version of a cargo tool, and first builds it into
# a cache outside the checkout when it is not there. Everything but the path goes to stderr.
set -euo pipefail

name=$1 version=$2
cache=${BELLHOP_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bellhop-dev}/tools
folder=$cache/$name-$version

if ! [ -x "$folder/bin/$name" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/tools.lock"
  flock 9
fi
if ! [ -x "$folder/bin/$name" ]; then
  echo "Building $name $version, once: about a minute" >&2
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # They run for a second here: it is not worth minutes of optimizing them.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR=$work/target \
    cargo install --quiet --locked --root "$work/installed" "$name@$version" >&2
  rm -rf "$folder"
  mv "$work/installed" "$folder"
fi
echo "$folder/bin/$name"
