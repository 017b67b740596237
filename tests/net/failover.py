#!/usr/bin/python3
"""What each fail-over cost, from what numbered.py received and what the scenario has noted.

usage: failover.py RECEIVED EVENTS LIMIT...

EVENTS has a line for each: cause, way ("away", "back"), when it was caused, when the gateway noticed,
when it had switched: microseconds of the machine's monotonic clock. A LIMIT is CAUSE=PACKETS: the
median that may be lost on the way away; on the way back it is 5 for all.
"""
import bisect
import itertools
import statistics
import sys

BACK = 5


def losses(path):
    """When each lost packet was sent, more or less: just after the last one before it that came."""
    got = sorted(set(tuple(map(int, line.split())) for line in open(path)))
    lost = []
    for (a, at), (b, _) in zip(got, got[1:]):
        lost += [at] * (b - a - 1)
    return len(got), lost


def spans(lost):
    """Losses in a row: when, how many."""
    return [(at, len(list(same))) for at, same in itertools.groupby(lost)]


def main():
    received, lost = losses(sys.argv[1])
    limits = {k: int(v) for k, v in (a.split("=") for a in sys.argv[3:])}
    events = [line.split() for line in open(sys.argv[2])]
    begins = [int(e[2]) for e in events]
    rows = {}
    for e in events:
        noticed, switched = int(e[3]) - int(e[2]), int(e[4]) - int(e[3])
        rows.setdefault((e[0], e[1]), []).append([0, noticed / 1000, switched])
    for at in lost:
        # A packet under way when it happened was sent a moment before.
        i = bisect.bisect(begins, at + 20000) - 1
        if i < 0:
            sys.exit(f"a packet was lost before anything had happened, at {at}")
        e = events[i]
        rows[e[0], e[1]][sum(x[:2] == e[:2] for x in events[:i])][0] += 1
    for at, n in spans(lost):
        e = events[max(bisect.bisect(begins, at + 20000) - 1, 0)]
        print(f"{n:4} packets {(at - int(e[2])) / 1000:7.1f} ms after {e[0]} {e[1]}, "
              f"{(at - int(e[4])) / 1000:7.1f} ms after the switch")
    print(f"| {received} packets received, {len(lost)} lost in {len(events)} switches")
    print("| cause    | way  | runs | lost: median | worst | noticed after: median |     worst "
          "| switched in: median |  worst |")
    bad = []
    for (cause, way), runs in rows.items():
        l, n, s = ([r[i] for r in runs] for i in range(3))
        print(f"| {cause:8} | {way:4} | {len(runs):4} | {statistics.median(l):12g} | {max(l):5} "
              f"| {statistics.median(n):18.1f} ms | {max(n):6.1f} ms "
              f"| {statistics.median(s):16g} us | {max(s):3} us |")
        limit = limits[cause] if way == "away" else BACK
        if statistics.median(l) > limit:
            bad.append(f"{cause}, {way}: median of {statistics.median(l)} packets lost, limit {limit}")
    sys.exit("\n".join(bad) or 0)


main()
