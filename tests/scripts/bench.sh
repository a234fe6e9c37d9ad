#!/usr/bin/env bash
# bench.sh [PART…]: measures. What it prints are ratios to references of the same run (bare API calls,
# bare durable commits, a bare page, a bare tray app); the times alone mean nothing on another machine.
# Without PARTs all of them, in this order:
#
#   pages    their size, first paint and memory
#   engine   lifecycles over the disk's commits, answers during a backlog, search beside fzf
#   access   switching contexts beside kubectl; request to usable, through Bellhop and directly
#   tray     the tray app beside the least that one can be, and the packages
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(pages engine access tray)
# A slip of the hand is told before minutes of building.
for part in "${parts[@]}"; do
  case $part in pages | engine | access | tray) ;; *) fail "there is no part called $part" ;; esac
done
needs=(crates kube fzf pages)
[[ " ${parts[*]} " != *" tray "* ]] || needs+=(desktop window tray package)
"$scripts/prepare.sh" "${needs[@]}"

title "Building what is measured, optimized"
# Nearly as fast as the release, in half the time to build; the bench builds bellhop likewise.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_BENCH_LTO=off CARGO_PROFILE_BENCH_CODEGEN_UNITS=16
run cargo build --release -p bellhop-e2e --bin bench --bin sample-cluster
"$scripts/ui.sh" build
run cargo build --release -p bellhop-cli --features pages --bin bellhop

for part in "${parts[@]}"; do
  case $part in
    pages) BELLHOP_BIN=$target/release/bellhop "$scripts/ui.sh" bench ;;
    engine)
      title "The engine: lifecycles over the disk's commits, answers during a backlog, search beside fzf"
      run cargo bench -p bellhop-server --bench engine
      ;;
    access)
      title "Switching contexts beside kubectl; request to usable, through Bellhop and directly"
      # Not the program itself: it asks cargo for bellhop, which has to be the same one.
      run cargo run --quiet --release -p bellhop-e2e --bin bench
      ;;
    tray)
      title "The tray app beside the least that one can be"
      "$scripts/package.sh"
      run cargo build --release -p bellhop-desktop --features custom-protocol --example bare
      run tests/tray/bench.sh "$target/release"
      ;;
  esac
done
