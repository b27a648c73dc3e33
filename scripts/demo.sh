#!/usr/bin/env bash
# Shows Duban at work: the seven policies of rules/ on half a year of events of eight customers, and on ten
# months of an invented company.
#   scripts/demo.sh BUILD_DIR
# Works in a directory of its own and removes it. Fails when something is not as it should be.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: scripts/demo.sh BUILD_DIR" >&2; exit 2; }
duban=$(realpath "$1")/duban
cd "$(dirname "$0")/.."
[ -x "$duban" ] || { echo "there is no $duban: build first" >&2; exit 2; }
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
db=$work/demo.db
wrong=0

heading() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || heading() { printf '\n== %s\n' "$*"; }
quietly() { "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }; }
listing() { "$duban" list "$@" --db "$db" --lang en --format csv; }

# The named columns of a CSV side by side, each as wide as the number after its name.
columns() {
  awk -v want="$*" '
    function cells(line, out,   n, i, c, quoted, cell) {
      n = 0; cell = ""; quoted = 0
      for (i = 1; i <= length(line); ++i) {
        c = substr(line, i, 1)
        if (c == "\"") { if (quoted && substr(line, i + 1, 1) == "\"") { cell = cell c; ++i } else quoted = !quoted }
        else if (c == "," && !quoted) { out[++n] = cell; cell = "" }
        else cell = cell c
      }
      out[++n] = cell
      return n
    }
    NR == 1 { count = cells($0, head); for (i = 1; i <= count; ++i) at[head[i]] = i; n = split(want, names, " "); next }
    { cells($0, row); line = "  "
      for (i = 1; i <= n; ++i) { split(names[i], part, ":"); line = line (part[2] ? sprintf("%-" part[2] "s ", row[at[part[1]]]) : row[at[part[1]]] " ") }
      sub(/ +$/, "", line); print line }'
}

# run FEED UNTIL: feeds in, lets time run on.
# Exit code 1: some lines were refused, as one of the demo's is meant to be.
run() {
  "$duban" run --db "$db" --events "$1" --until "$2" --lang en >"$work/out" 2>&1 || [ $? -eq 1 ] || { cat "$work/out" >&2; exit 1; }
}
# finish PERSON WHEN TITLE ANSWER: somebody does an open task.
finish() {
  local id
  id=$(listing tasks --status open --person "$1" | grep -F "$3" | cut -d, -f1)
  quietly "$duban" task "done" "$id" "$4" --by "$1" --at "$2" --db "$db" --lang en
  echo "  $2  $1: $3 → $4"
}
# rows ARGUMENTS OF LIST…: how many rows.
rows() { listing "$@" | tail -n +2 | wc -l; }
check() {  # check WHAT EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "  ok     $1: $3"; else echo "  WRONG  $1: $3 instead of $2"; wrong=1; fi
}

# The feed is in order of arrival; two moments at which people act cut it in three.
awk -v out="$work/feed" 'BEGIN { part = 1 }
  match($0, /"time":"[^"]*/) {
    time = substr($0, RSTART + 8, 16)
    if (part < 2 && time >= "2026-03-30T12:00") part = 2
    if (part < 3 && time >= "2026-04-21T09:30") part = 3
  }
  { print > (out part ".ndjson") }' examples/demo/feed.ndjson

heading "Seven policies come into force; each must pass its scenarios first"
"$duban" deploy rules --language en --db "$db" --at "2026-01-01 00:00" --lang en >"$work/deployed" ||
  { cat "$work/deployed"; exit 1; }
sed -n -e '/^version/p' -e '/scenarios passed/p' -e 's/^  + policy  */  /p' "$work/deployed"

heading "January to March: what everybody has to do on 30 March"
run "$work/feed1.ndjson" "2026-03-30 12:00"
duplicates=$(sed -n 's/^events.* \([0-9]*\) duplicate.*/\1/p' "$work/out")
listing tasks --status open | columns assignee:4 due:17 title | sort

heading "The managers phone; the hospital's phone call is forgotten"
finish S01 "2026-03-30 14:00" "Phone Noodle House" result=promised
finish S02 "2026-03-30 14:30" "Phone Care Home" result=promised
finish S01 "2026-03-30 15:00" "Phone Street Lighting Office" result=promised

heading "21 April, more than 30 days overdue: a disconnection needs approval"
run "$work/feed2.ndjson" "2026-04-21 09:30"
listing tasks --status open --policy "Collection escalation" | columns assignee:4 due:17 title
finish S04 "2026-04-21 10:00" "Approve the disconnection of Noodle House" decision=approved
finish S04 "2026-04-21 10:05" "Approve the disconnection of Care Home" decision=approved

run "$work/feed3.ndjson" "2026-07-31 18:00"

heading "What was said about Noodle House's bill, up to its reconnection"
listing notices --subject C003 | columns time:17 recipient:5 text | cut -c1-150

heading "One message a day: a second reminder had to wait, and was withdrawn when its bill was paid"
listing notices --status withdrawn | columns time:17 recipient:5 status:10 text

heading "Commands to the grid: one cut and restored, one blocked"
listing outgoing | columns time:17 subject:5 event:15 status:8 note

heading "What was late went up: the task, its due date, who became accountable too"
listing tasks | awk -F, 'NR == 1 || /S0[1-5],S0[1-5],20/' | columns due:17 assignee:4 accountable:4 status:10 title

heading "What did not fit: a line cut in the middle (it was sent again)"
listing incidents | columns time:17 kind:5 message
refused=$(rows incidents)

report=$(listing tasks --subject C006 --status open | grep -F "Report the arrears" | cut -d, -f1)
heading "Why does S04 have to report the Street Lighting Office?"
"$duban" why "$report" --db "$db" --lang en | sed 's/^/  /'

heading "The same feed once more"
for what in tasks notices cases outgoing; do listing $what >"$work/$what.before"; done
run examples/demo/feed.ndjson "2026-07-31 18:00"
sed -n '/^events/p' "$work/out"
for what in tasks notices cases outgoing; do
  listing $what >"$work/$what.after"
  if cmp -s "$work/$what.before" "$work/$what.after"; then echo "  $what: nothing changed"; else echo "  $what CHANGED"; wrong=1; fi
done

# company: feeds the invented company in.
company() {
  "$duban" simulate-feed --lang en 2>"$work/told" |
    "$duban" run --rules rules --language en --db "$work/company.db" --events - --lang en >"$work/out" 2>&1 ||
    { cat "$work/told" "$work/out" >&2; exit 1; }
}
heading "An invented company of a thousand customers, ten months"
company
sed 's/^/  /' "$work/told"
grep -E '^(timers|cases|tasks|notices) |lines a second' "$work/out" | sed 's/^/  /'
tasks=$(sed -n 's/^tasks *\([0-9,]*\).*/\1/p' "$work/out")
invented=$(sed -n 's/ events of .*//p' "$work/told")
echo "  … and once more:"
company
grep '^events' "$work/out" | sed 's/^/  /'
again=$(sed -n 's/^events.* \([0-9,]*\) duplicates.*/\1/p' "$work/out")

heading "Checked"
check "events that came twice" 1 "$duplicates"
check "lines refused" 1 "$refused"
check "tasks" 34 "$(rows tasks)"
check "tasks still open" 4 "$(rows tasks --status open)"
check "escalated tasks" 11 "$(listing tasks | grep -cE ',S0[1-5],S0[1-5],20')"
check "cuts sent" 1 "$(listing outgoing --status sent | grep -c cut_supply)"
check "cuts blocked by the guard rail" 1 "$(rows outgoing --status blocked)"
check "reminder withdrawn because the bill was paid" 1 "$(rows notices --status withdrawn)"
check "cases closed" 25 "$(rows cases --status closed)"
check "tasks of the invented company" 2,588 "$tasks"
check "its events that came twice" "$invented" "$again"

echo
[ $wrong -eq 0 ] || { echo "The demo did not go as it should." >&2; exit 1; }
echo "Read the policies in rules/en and rules/zh; then try: ${duban##*/} init my-rules"
