#!/usr/bin/env bash
# package.sh DEB SAMPLE_CLUSTER: unpacks the package into a folder that stands in for the machine's own, and
# plays the stories of the tray app with what is in it, deep links included.
set -euo pipefail

[ $# -eq 2 ] || { echo "Usage: package.sh DEB SAMPLE_CLUSTER" >&2; exit 2; }
here=$(dirname -- "$(realpath -- "$0")")
"$here/../counterparties/apt.sh" desktop-file-utils dpkg libglib2.0-bin

machine=$(mktemp -d)
trap 'rm -rf "$machine"' EXIT
dpkg-deb -x "$1" "$machine"
desktop-file-validate "$machine"/usr/share/applications/*.desktop
# What dpkg's trigger does at an installation.
update-desktop-database "$machine/usr/share/applications"
for part in bin/bellhop bin/bellhop-desktop lib/systemd/user/bellhop.service share/man/man1/bellhop.1.gz \
  share/bash-completion/completions/bellhop; do
  [ -s "$machine/usr/$part" ] || { echo "package.sh: /usr/$part is not in the package" >&2; exit 1; }
done
ln -s "$(realpath -- "$2")" "$machine/usr/bin/sample-cluster"
export PATH=$machine/usr/bin:$PATH XDG_DATA_DIRS=$machine/usr/share:/usr/share PACKAGED=1
"$here/run.sh" "$machine/usr/bin/bellhop-desktop"
