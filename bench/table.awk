#!/usr/bin/awk -f
# figures.tsv of bench/run.sh as one table: ours, the target, and the ratio to each peer and limit.
BEGIN { FS = "\t" }
{ value[$1] = $2; unit[$1] = $3; low[$1] = $4; high[$1] = $5 }

function short(x) {
  if (x >= 1e6) return sprintf("%.2f M", x / 1e6)
  if (x >= 1e4) return sprintf("%.0f k", x / 1e3)
  return x >= 100 ? sprintf("%.0f", x) : sprintf("%.3g", x)
}
# ours by a peer's figure; nothing when that was not run
function ratio(figure, peer, name) {
  if (!(figure in value) || !(peer in value) || value[peer] == 0) return ""
  return sprintf("%s %.3g×; ", name, value[figure] / value[peer])
}
# target 0: there is none, or the peer that sets it was not run
# at_least: the target is a floor, otherwise a ceiling; peers: text of ratios
function row(label, figure, target, at_least, peers,   met) {
  if (!(figure in value)) { printf "| %s | not run | | | |\n", label; return }
  sub(/; $/, "", peers)
  if (!target) { printf "| %s | %s %s [%s – %s] | | | %s |\n", label, short(value[figure]), unit[figure], short(low[figure]), short(high[figure]), peers; return }
  met = at_least ? value[figure] >= target : value[figure] <= target
  printf "| %s | %s %s [%s – %s] | %s %s | %s | %s |\n", label, short(value[figure]), unit[figure],
    short(low[figure]), short(high[figure]), at_least ? "≥" : "≤", short(target), met ? "met" : "not met", peers
}

END {
  # Of what is told in nanoseconds.
  if (value["compute.dt.bitset"] > 0) value["dt.bitset"] = 1e9 / value["compute.dt.bitset"]
  print "| figure | measured [lowest – highest] | target | | to peers and limits |"
  print "| --- | --- | --- | --- | --- |"
  row("collection and usage warning, durable", "company.rate", 10 * value["lim.int.b1000.FULL.rate"], 1,
    ratio("company.rate", "lim.int.b1000.FULL.rate", "row per event") ratio("company.rate", "lim.best.b1000.FULL.rate", "limit"))
  row("… log on disk", "company.log", 150, 0, "")
  row("… restart", "company.restart", 0, 0, "")
  row("… a lone event, p50", "company.lone.p50", 2, 0, "")
  row("… a lone event, p99", "company.lone.p99", 10, 0, "")
  row("road fines, durable", "fines.rate", 200000, 1, ratio("fines.rate", "lim.int.b1000.FULL.rate", "row per event") ratio("fines.rate", "lim.best.b1000.FULL.rate", "limit"))
  row("… log on disk", "fines.log", 150, 0, "")
  row("on two cores: collection and usage warning", "company2.rate", 0, 1, ratio("company2.rate", "company.rate", "one core"))
  row("on two cores: road fines", "fines2.rate", 0, 1, ratio("fines2.rate", "fines.rate", "one core"))
  row("two shards on two cores: collection and usage warning", "company.shards2.rate", 1.6 * value["company.rate"], 1,
    ratio("company.shards2.rate", "company.rate", "one shard, one core"))
  row("a live event while very many timers are due, p99", "live.busy.p99", 2 * value["live.quiet.p99"], 0, ratio("live.busy.p99", "live.quiet.p99", "when it is quiet"))
  row("… p50", "live.busy.p50", 0, 0, ratio("live.busy.p50", "live.quiet.p50", "when it is quiet"))
  row("in memory, parsing included: collection and usage warning", "company.memory.rate", 1500000, 1, ratio("company.memory.rate", "company.rate", "durable") ratio("company.memory.rate", "compute.event.rate", "by hand"))
  row("in memory, parsing included: road fines", "fines.memory.rate", 1500000, 1, ratio("fines.memory.rate", "fines.rate", "durable") ratio("fines.memory.rate", "compute.event.rate", "by hand"))
  row("memory of an idle subject", "idle.memory", 400, 0, "")
  row("… restart with a million of them", "idle.restart", 3, 0, "")
  row("collection policy in memory", "duban.collection", 3000000, 1,
    ratio("duban.collection", "stateful.clips", "CLIPS") ratio("duban.collection", "stateful.cpp", "by hand"))
  split("10 100 1000 10000", counts, " ")
  for (i = 1; i <= 4; ++i) {
    n = counts[i]; ours = "duban.rules." n
    row(n " rules", ours, n == 10000 ? 30 * value["scale.clips.10000"] : 0, 1,
      ratio(ours, "scale.clips." n, "CLIPS") ratio(ours, "scale.zen." n, "Zen") ratio(ours, "scale.json-rules-engine." n, "json-rules-engine") \
      ratio(ours, "scale.nools." n, "nools") ratio(ours, "scale.cpp_indexed." n, "by hand"))
  }
  row("… cost by that of 10 rules: a quarter of the rate at least", "duban.rules.10000", value["duban.rules.10"] / 4, 1, "")
  row("table of 100 rows", "duban.table", 1e7, 1,
    ratio("duban.table", "dt.clips", "CLIPS") ratio("duban.table", "dt.node-rules", "node-rules") ratio("duban.table", "dt.zen-batch", "Zen") \
    ratio("duban.table", "dt.json-rules-engine", "json-rules-engine") ratio("duban.table", "dt.bitset", "by hand"))
  row("simulate-feed", "simulate-feed.rate", 1000000, 1, "")
  row("10 million timers, set", "duban.timers.insert", 0, 1, ratio("duban.timers.insert", "timers.wheelv.insert", "bare wheel"))
  row("10 million timers, come due", "duban.timers.pop", 0, 1, ratio("duban.timers.pop", "timers.wheelv.pop", "bare wheel") ratio("duban.timers.pop", "timers.sqlite_idx.pop", "SQLite index"))
}
