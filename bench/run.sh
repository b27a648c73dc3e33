#!/usr/bin/env bash
# Our benches beside the peers and limits of ../shared/bench, in one go: three runs each, medians,
# one core. Prints what docs/performance.md explains; every figure goes to figures.tsv.
#   bench/run.sh BUILD_DIR
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: bench/run.sh BUILD_DIR" >&2; exit 2; }
build=$(realpath "$1")
cd "$(dirname "$0")/.."
root=$PWD
peers=$root/../shared/bench
fines=$root/../shared/data/road-fines.ndjson.gz
export BENCH_DIR=${BENCH_DIR:-${TMPDIR:-/tmp}/duban-bench} RUNS=${RUNS:-3}
[ -x "$peers/run.sh" ] || { echo "there are no peers at $peers" >&2; exit 1; }

echo "== peers and limits"
mkdir -p "$BENCH_DIR"
rm -rf "$BENCH_DIR/results/figures.tsv"
mkdir -p "$BENCH_DIR/results"
"$peers/run.sh" limit compute dt stateful scale timers

echo "== duban"
cd "$BENCH_DIR"
feed=$BENCH_DIR/feed-100000.ndjson
# A million events of 100,000 customers.
[ -s "$feed" ] || "$build/duban" simulate-feed --customers 100000 --from 2026-01-01 --to 2026-12-31 | head -n 1000000 >"$feed"
ours() { ./rep.py -c 0 -- "$@"; }
ours "$build/duban_bench" company "$root/rules" "$feed" en/collection.rules en/usage-warning.rules
ours "$build/duban_bench" fines "$root/examples/road-fines" "$fines"
# shellcheck disable=SC2016  # for the inner shell
ours bash -c 't=$(date +%s%N); n=$("$0" simulate-feed --customers 100000 --to 2026-03-31 2>/dev/null | wc -l)
  echo "F simulate-feed.rate $((n * 1000000000 / ($(date +%s%N) - t))) ev/s"' "$build/duban"
# Without a disk.
ours "$build/duban_bench" --memory 1 company.memory "$root/rules" "$feed" en/collection.rules en/usage-warning.rules
ours "$build/duban_bench" --memory 1 fines.memory "$root/examples/road-fines" "$fines"
# Reading and committing beside the steps, where a second core can take them.
for run in "company2 $root/rules $feed en/collection.rules en/usage-warning.rules" "fines2 $root/examples/road-fines $fines"; do
  # shellcheck disable=SC2086
  ./rep.py -n "$RUNS" -- "$build/duban_bench" $run
done
# Two shards on two cores.
./rep.py -n "$RUNS" -- "$build/duban_bench" --shards 2 company.shards2 "$root/rules" "$feed" en/collection.rules en/usage-warning.rules
ours "$build/duban_bench_live" "$root/rules"
ours "$build/duban_bench_idle" "$root/rules"
ours "$build/duban_bench_policies" gen collection
for n in 10 100 1000 10000; do ours "$build/duban_bench_policies" gen rules $n; done
ours "$build/duban_bench_policies" gen table
ours "$build/duban_bench_policies" gen timers

echo
"$root/bench/table.awk" results/figures.tsv
