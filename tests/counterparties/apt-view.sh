#!/usr/bin/env bash
# apt-view.sh DIR SUITE: makes a private apt configuration in DIR that sees SUITE's binary and
# source packages from the Debian mirror that this machine already uses, or the one at the address
# in DEBIAN_MIRROR. Nothing of the system is changed. Use it with APT_CONFIG=DIR/apt.conf.
set -euo pipefail

fail() {
  printf 'apt-view.sh: %s\n' "$*" >&2
  exit 1
}

# sites TARGET…: the addresses that apt has packages from, the most used first.
sites() {
  # shellcheck disable=SC2016 # apt puts the address in.
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "$@" 2>/dev/null |
    sort | uniq -c | sort -rn | awk '{ print $2 }'
}

dir=$1 suite=$2
mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/empty"

mirror=${DEBIAN_MIRROR:-$(sites 'Label: Debian' | head -n 1)}
[ -n "$mirror" ] || mirror=$(sites | grep -m 1 '/debian/\?$' || true)
[ -n "$mirror" ] ||
  fail "this machine has no Debian mirror in its apt sources. Set DEBIAN_MIRROR to the address of" \
    "one, or KUBEBUILDER_ASSETS to a folder with kube-apiserver, kube-controller-manager and etcd."
keyring=$(compgen -G '/usr/share/keyrings/debian-archive-keyring.*' | head -n 1 || true)
[ -n "$keyring" ] ||
  fail "the keys of Debian's archive are missing. Install the package debian-archive-keyring."

printf 'deb [signed-by=%s] %s %s main\ndeb-src [signed-by=%s] %s %s main\n' \
  "$keyring" "$mirror" "$suite" "$keyring" "$mirror" "$suite" >"$dir/sources.list"
cat >"$dir/apt.conf" <<CONF
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "$dir/empty";
Dir::State::Lists "$dir/lists";
Dir::Cache "$dir/cache";
APT::Sandbox::User "root";
CONF
APT_CONFIG=$dir/apt.conf apt-get update -qq
