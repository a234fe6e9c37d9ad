#!/usr/bin/env bash
# apt-view.sh DIR SUITE: makes a private apt configuration in DIR that sees SUITE's binary and
# source packages from the mirror this machine already uses. Nothing of the system is changed.
# Use it with APT_CONFIG=DIR/apt.conf.
set -euo pipefail

dir=$1 suite=$2
mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/empty"
site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | sort | uniq -c | sort -rn | awk 'NR==1{print $2}')
[ -n "$site" ] || site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep '/debian/\?$' | head -1 || true)
[ -n "$site" ] || { echo "apt-view.sh: this machine has no Debian mirror in its apt sources." \
  "Set KUBEBUILDER_ASSETS to a folder with kube-apiserver, kube-controller-manager and etcd." >&2; exit 1; }
keyring=$(ls /usr/share/keyrings/debian-archive-keyring.* | head -1)
printf 'deb [signed-by=%s] %s %s main\ndeb-src [signed-by=%s] %s %s main\n' \
  "$keyring" "$site" "$suite" "$keyring" "$site" "$suite" >"$dir/sources.list"
cat >"$dir/apt.conf" <<CONF
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "$dir/empty";
Dir::State::Lists "$dir/lists";
Dir::Cache "$dir/cache";
APT::Sandbox::User "root";
CONF
APT_CONFIG=$dir/apt.conf apt-get update -qq
