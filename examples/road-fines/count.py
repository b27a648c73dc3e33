#!/usr/bin/env python3
"""Recomputes from the words of collection.rules what Duban must have done with the road fines.

Shares nothing with Duban: it reads the feed fine by fine and follows each from its first event to its last.
usage: count.py [PATH/road-fines.ndjson.gz]
"""
import collections
import datetime as dt
import gzip
import json
import pathlib
import sys
from decimal import Decimal
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
DEFAULT = pathlib.Path(__file__).resolve().parents[3] / "shared/data/road-fines.ndjson.gz"
APPEALS = ("appeal_dated", "appeal_sent", "appealed_to_judge")


def read(path):
    """The events of each fine in order of time, each once, and the last instant of the feed."""
    fines, seen, last = collections.defaultdict(list), set(), None
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line, parse_float=Decimal, parse_int=Decimal)
            if (event.get("source"), event["id"]) in seen:
                continue
            seen.add((event.get("source"), event["id"]))
            time = dt.datetime.fromisoformat(event["time"])
            assert last is None or time >= last, "the feed is not in order of time; this script needs it to be"
            last = time
            fines[event["subject"]].append((time, event["type"], event.get("data", {})))
    return fines, last


def later(time, days):
    """So many days on by the calendar, at the same time of day in Rome."""
    local = time.astimezone(ROME).replace(tzinfo=None) + dt.timedelta(days)
    return local.replace(tzinfo=ROME).astimezone(dt.timezone.utc)


def at_nine(time, days):
    """Nine in the morning of the date so many days on."""
    return later(time.astimezone(ROME).replace(hour=9), days)


def follow(events, end, count):
    case = None  # what is known of the open case
    due = {}  # what will happen when, unless something comes before

    def close(outcome):
        nonlocal case
        count["case closed as " + outcome] += 1
        count["task cancelled"] += "late" in due or case["late"]
        case = None
        due.clear()

    def happen(what):
        del due[what]
        if what == "remind":
            count["notice reminder"] += 1
        elif what == "claim":
            count["task opened"] += 1
            due["late"] = later(case["notified"], 60 + 30)
        elif what == "late":
            count["task escalated"] += 1
            case["late"] = True
        elif what == "warn":
            count["notice final_warning"] += 1
        elif what == "hand over":
            count["outgoing hand_over"] += 1
            count["amount handed over"] += case["amount"] + case["expenses"] - case["paid"]
            close("handed_over")

    for time, kind, data in events + [(end, "end", {})]:
        # What falls due before the event; at the same instant the event comes first.
        while due:
            what = min(due, key=due.get)
            if due[what] > time or (due[what] == time and kind != "end"):
                break
            happen(what)
        if kind == "fine_created" and case is None and data["dismissal"] == "NIL":
            count["case opened"] += 1
            case = dict(amount=data["amount"], expenses=0, paid=0, notified=None, late=False)
            due["remind"] = at_nine(time, 30)
        elif case is None:
            continue
        elif kind == "fine_sent":
            case["expenses"] += data["expense"]
        elif kind == "penalty_added":
            case["amount"] = data["amount"]
        elif kind == "fine_notified":
            case["notified"] = time
            due.update({"claim": later(time, 60), "warn": at_nine(time, 166), "hand over": at_nine(time, 180)})
        elif kind == "payment_received":
            case["paid"] = data["totalPaymentAmount"]
            if "late" in due or case["late"]:
                count["task done"] += 1
                case["late"] = False
                due.pop("late", None)
        elif kind in APPEALS:
            close("appealed")
        elif kind == "sent_to_collection":
            close("collected_elsewhere")
        if case and case["amount"] + case["expenses"] - case["paid"] <= 0:
            close("settled")
    count["case still open"] += case is not None
    count["task still open"] += "late" in due or (case is not None and case["late"])


def main():
    fines, end = read(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)
    count = collections.Counter({"task cancelled": 0, "task still open": 0})
    for events in fines.values():
        follow(events, end, count)
    for name in sorted(count):
        print(f"{name:36}{count[name]:>14,}")


if __name__ == "__main__":
    main()
