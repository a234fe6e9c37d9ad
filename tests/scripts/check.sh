#!/usr/bin/env bash
# check.sh: everything that can be said without running Bellhop. The quick checks come first.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

# The newest that the oldest supported Rust builds.
readonly CARGO_DENY=0.20.2 CARGO_SHEAR=1.13.1 REDOCLY=2.77.0
readonly LONGEST_FILE=400

"$scripts/prepare.sh" crates desktop lint

# files PATTERN…: those of the checkout that are there and not ignored, each ended by a zero byte.
files() {
  local file
  git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" |
    while IFS= read -r -d '' file; do
      if [ -f "$file" ]; then printf '%s\0' "$file"; fi
    done
}

# What only one machine knows must not be in a file. (Patterns that do not find themselves.)
places() {
  local absolute='(^|[^[:alnum:]_.~-])/(work|root)/'
  local hosts='deb\.debian\.org|registry\.npmjs|(static|index)\.crates\.io|files\.pythonhosted'
  ! git grep -nIE --untracked "$absolute|$hosts" -- ':!*.lock' ':!*package-lock.json'
}

# Longer functions are found by clippy.
lengths() {
  files '*.rs' |
    xargs -0 awk -v most="$LONGEST_FILE" '
      FNR == most + 1 { print FILENAME ": more than " most " lines"; bad = 1 } END { exit bad }'
}

shell() {
  command -v shellcheck >/dev/null || { absent "shellcheck, which is not installed"; return; }
  files '*.sh' .ci/run | xargs -0 shellcheck --external-sources
}

title "Format"
run cargo fmt --all --check

title "Files: machine paths and registry hosts, lengths, shell scripts, Cargo.lock"
places || fail "the lines above name a path or a host of one machine"
lengths || fail "the files above are too long: split them"
shell
cargo metadata --locked --format-version 1 >/dev/null

# In two parts, as the tests are built: together they would be built with other features.
title "Lints"
run cargo clippy --workspace --exclude bellhop-desktop --all-targets -- -D warnings
run cargo clippy -p bellhop-desktop --all-targets -- -D warnings

"$scripts/ui.sh" lint types

title "Documentation"
export RUSTDOCFLAGS="-D warnings"
run cargo doc --no-deps --workspace --exclude bellhop-desktop --document-private-items
run cargo doc --no-deps -p bellhop-desktop --document-private-items
unset RUSTDOCFLAGS

title "Layers, licences and sources of the dependencies"
deny=$("$scripts/tool.sh" cargo-deny $CARGO_DENY)
# Without --workspace it would look at the tray app alone, which is the root package.
run "$deny" --workspace --locked --log-level error check \
  -D unused-wrapper -D license-exception-not-encountered bans licenses sources

# Whether it is what the code says, a test tells.
title "Description of the API"
if command -v npx >/dev/null; then
  run npx --yes "@redocly/cli@$REDOCLY" lint --format=summary docs/openapi.json
else
  absent "the check of docs/openapi.json, which needs npx"
fi

title "Unused dependencies"
shear=$("$scripts/tool.sh" cargo-shear $CARGO_SHEAR)
run "$shear" --locked

title "All checks passed"
