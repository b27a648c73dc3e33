#!/usr/bin/env bash
# Runs libFuzzer's targets of a build one after another, FUZZ_SECONDS (30) each; FUZZ_TARGETS names
# some of them. Begins with what lies in the repository and with what earlier runs found, which
# stays in the build folder. An input that shows a fault is kept there, too, and named.
# What an input shows is not weighed by how rare it is: with few runs a second, that would take a
# third of the time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/asan}
seconds=${FUZZ_SECONDS:-30}
work=$build/fuzzing
mkdir -p "$work"/{rules,feeds}

# One folder of rules and one of feeds. Of large files each run would take too long.
while IFS= read -r file; do
  cp -u "$file" "$work/rules/${file//\//_}"
done < <(find rules tests/corpus tests/scenarios examples -name '*.rules' -size -12k)
while IFS= read -r file; do
  head -n 40 "$file" >"$work/feeds/${file//\//_}"
done < <(find rules tests examples \( -name '*.ndjson' -o -name '*.csv' \))
"$build/tests/duban_fuzz_dictionary" >"$work/words.dict.$$"
mv "$work/words.dict.$$" "$work/words.dict"

failed=0
for target in ${FUZZ_TARGETS:-parse compile feed}; do
  seeds=$work/rules
  [[ $target == feed ]] && seeds=$work/feeds
  mkdir -p "$work/$target" "$work/found"
  log=$work/$target.log
  echo "fuzz: $target for $seconds s"
  if ! "$build/tests/duban_fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 \
      -max_len=16384 -entropic=0 -dict="$work/words.dict" -artifact_prefix="$work/found/$target-" \
      -print_final_stats=1 -verbosity=1 "$work/$target" "$seeds" >"$log" 2>&1; then
    failed=1
    tail -n 40 "$log"
  fi
  grep -E 'stat::(number_of_executed_units|average_exec_per_sec)|DONE' "$log" || true
done
exit $failed
