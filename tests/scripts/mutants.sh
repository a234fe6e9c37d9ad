#!/usr/bin/env bash
# mutants.sh [PART…]: breaks the transitions, the guarded writes and the authentication of callers in
# many small ways, one at a time, and runs the tests of their crate on each. A break that no test
# sees has to be in tests/mutants.txt with the reason why nobody needs to see it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

readonly CARGO_MUTANTS=27.1.0
readonly ACCEPTED=tests/mutants.txt

dir=$(mktemp -d "${TMPDIR:-/tmp}/bellhop-mutants.XXXXXX")
leave_nothing

# What is broken, and by which crate's tests that has to be seen.
files() {
  case $1 in
    domain) say 'crates/domain/src/decide/*.rs' 'crates/domain/src/'{submit,facts,draft,request,person,flow/mod,flow/approval}.rs ;;
    store) say 'crates/store/src/'{access,jobs,accounts,drift,tx,time,audit,audit/chain}.rs ;;
    server) say 'crates/server/src/app/'{caller,facts,people,reviews}.rs crates/server/src/http/actor.rs ;;
    *) fail "there is no part called $1: domain, store, server" ;;
  esac
}

# The tests that have to see it, where not every test of the crate is meant: playing hundreds of
# kills for each break would take a day.
tests() {
  case $1 in
    server) say --lib --test={clock,decisions,effects,engine,http,input,once,reviews} ;;
  esac
}

[ $# -gt 0 ] || set -- domain store server
"$scripts/prepare.sh" crates postgres
mutants=$("$scripts/tool.sh" cargo-mutants $CARGO_MUTANTS)
start_postgres "$dir/postgres"
# Nobody looks at these programs in a debugger, and without that they are built in half the time.
export BELLHOP_TEST_POSTGRES=$postgres_address CARGO_PROFILE_DEV_DEBUG=none

for part in "$@"; do
  title "Breaking $part"
  only=() tested=()
  while IFS= read -r file; do only+=(--file "$file"); done < <(files "$part")
  while IFS= read -r test; do tested+=("$test"); done < <(tests "$part")
  # It ends with an error when a break was not seen; which ones is compared below.
  run "$mutants" mutants --package "bellhop-$part" --test-package "bellhop-$part" "${only[@]}" \
    --output "$dir/$part" --no-times --minimum-test-timeout 60 --colors never -- "${tested[@]}" || true
  [ -s "$dir/$part/mutants.out/outcomes.json" ] || fail "nothing was broken: see above"
  # A test that does not end any more has seen it, too.
  cat "$dir/$part/mutants.out/missed.txt" >>"$dir/unseen"
done

# Places move with every edit: the list names file and break, and not the line.
without_place() { sed -E 's/^([^:]+):[0-9]+:[0-9]+: /\1: /' "$1" | sort -u; }
title "Breaks that no test saw"
without_place "$dir/unseen" >"$dir/now"
grep -v '^#' "$ACCEPTED" | sed 's/  *#.*//' | grep . | sort -u >"$dir/accepted" || true
if ! comm -23 "$dir/now" "$dir/accepted" | tee "$dir/new" | grep .; then say none that is not accepted; fi
[ ! -s "$dir/new" ] || fail "the breaks above were not seen: write the test, or accept them in $ACCEPTED with the reason"
