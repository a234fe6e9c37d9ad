#!/usr/bin/env bash
# fuzz.sh [TARGET…]: runs each fuzz target for FUZZ_SECONDS (20), starting from its seeds. What it
# learns stays in a cache outside the checkout and is where the next run starts from; an input that
# breaks something is left there, and how to run it again is printed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

"$scripts/prepare.sh" crates fuzz

seconds=${FUZZ_SECONDS:-20}
cache=${BELLHOP_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bellhop-dev}/fuzz
if [ $# -eq 0 ]; then set -- target span toml kubeconfig; fi

title "Building the fuzz targets"
# What `cargo fuzz` passes, but for the sanitizer, which only a nightly compiler has. With --target,
# none of it goes to build scripts and macros.
host=$(rustc --version --verbose | sed -n 's/^host: //p')
flags=(--cfg fuzzing -Cpasses=sancov-module)
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  flags+=("-Cllvm-args=-sanitizer-coverage-$option")
done
RUSTFLAGS="${flags[*]}" run cargo build --locked --release --manifest-path fuzz/Cargo.toml --target "$host"

for name in "$@"; do
  title "Fuzzing $name for $seconds seconds"
  corpus=$cache/$name
  mkdir -p "$corpus"
  program=$target/$host/release/$name
  code=0
  "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -artifact_prefix="$corpus-" -print_final_stats=1 "$corpus" "fuzz/seeds/$name" \
    >"$corpus.log" 2>&1 || code=$?
  if [ "$code" -ne 0 ]; then
    grep -v '^#' "$corpus.log" | tail -n 40 >&2
    fail "$name ended with $code; run it again with: $program FILE, with the file named above"
  fi
  sed -n 's/^stat::number_of_executed_units: */Inputs tried: /p; s/^stat::average_exec_per_sec: */A second: /p' "$corpus.log"
done
