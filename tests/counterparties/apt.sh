#!/usr/bin/env bash
# Installs the named Debian packages that are missing: lists them, asks once, uses sudo if needed.
# With CI set, or with no terminal and root, it does not ask.
set -euo pipefail

missing=()
for package in "$@"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Missing Debian packages: ${missing[*]}" >&2
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "Install them as root: apt-get install ${missing[*]}" >&2
    exit 1
  }
  sudo=(sudo)
fi
if [ -z "${CI:-}" ] && [ -t 0 ] && [ -t 2 ]; then
  read -r -p "Install them now with apt-get? [Y/n] " answer
  case ${answer:-y} in [yY]*) ;; *) echo "Nothing was installed." >&2; exit 1 ;; esac
fi
"${sudo[@]}" apt-get update -qq >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
