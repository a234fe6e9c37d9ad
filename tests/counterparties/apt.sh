#!/usr/bin/env bash
# apt.sh PACKAGE…: installs the named Debian packages that are missing: lists them, asks once, uses
# sudo if needed. With CI set, or with no terminal, it does not ask. Where there is no apt it says
# what is needed and goes on: the names differ elsewhere, and a compiler knows what it misses.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

mapfile -t packages < <(printf '%s\n' "$@" | sort -u)
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  say "There is no apt here. Needed, by Debian's names: ${packages[*]}"
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
    missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

say "Missing Debian packages: ${missing[*]}"
by_hand="apt-get install --no-install-recommends ${missing[*]}"
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    say "There is no sudo here. Install them as root, and then run this again:"
    say "  $by_hand"
    exit 1
  }
  sudo=(sudo)
fi
if [ -z "${CI:-}" ] && [ -t 0 ] && [ -t 2 ]; then
  read -r -p "Install them now with ${sudo[*]:+sudo }apt-get? [Y/n] " answer
  case ${answer:-y} in
    [yY]*) ;;
    *)
      say "Nothing was installed. To do it yourself: $by_hand"
      exit 1
      ;;
  esac
fi
"${sudo[@]}" apt-get update -qq >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
