"""What an audit of many cases costs from columns, against a process-mining tool's token replay of the same log.

Run: ``python benchmarks/bench_audit.py [CASES]``; a million made-up complaints unless said otherwise, of which one in
twenty was concluded late. Wanted: the screen with limits at most 0.5 µs a case; the audit at least 20 times as fast as
pm4py's token replay; both linear to ten million cases, with memory flat when the log comes in pieces.
"""

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime

import numpy as np
import pandas as pd
import pm4py
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

from yingshang_flow import lifecycles
from yingshang_flow.compliance.bulk.log import Log
from yingshang_flow.compliance.bulk.log_audit import audit_log, screen
from yingshang_flow.deadlines import CHINA_TIME, china

COMPLAINT = lifecycles.complaint("bayuquan-2018")
TRIGGERS = ("receive", "accept", "assign", "take_up", "reply", "conclude", "extend")
WAYS = ((0, 1, 2, 3, 4, 5), (0, 1, 3, 4, 5), (0, 1, 4, 3, 5), (0, 4, 1, 2, 3, 5))
NOW = datetime(2018, 12, 31, 18, tzinfo=CHINA_TIME)
LATE, PIECE, PEER = 0.05, 250_000, 20_000
FIRST = (date(2018, 1, 8) - date(1970, 1, 1)).days


def complaints(count: int, seed: int = 1) -> Log:
    """Return made-up complaints, on several ways, of which one in twenty was concluded late."""
    chance = np.random.default_rng(seed)
    ways = [np.array(way, np.uint8) for way in WAYS]
    chosen = chance.integers(0, len(ways), count)
    lengths = np.array([len(way) for way in WAYS])[chosen]
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    trigger = _joined(ways, chosen, offsets)
    received = FIRST + chance.integers(0, 200, count)
    took = np.where(chance.random(count) < LATE, chance.integers(60, 90, count), chance.integers(8, 20, count))
    day = np.repeat(received, lengths) + np.minimum(np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths), 5)
    day[offsets[1:] - 1] = received + took
    return Log(TRIGGERS, offsets, trigger, day)


def _joined(ways: list[np.ndarray], chosen: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    trigger = np.empty(offsets[-1], np.uint8)
    for number, way in enumerate(ways):
        places = offsets[:-1][chosen == number]
        trigger[places[:, None] + np.arange(len(way))] = way
    return trigger


def main() -> None:
    """Print what each costs."""
    many = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    log = complaints(many)
    found = audit_log(log, COMPLAINT, calendar=china(), now=NOW)
    share = len({case for case, _ in found.findings}) / many
    print(f"{many:,} made-up complaints, {share:.1%} with findings, {found.alone} audited by themselves")
    turns(
        {
            "screen": (many, lambda: screen(log, COMPLAINT, calendar=china(), now=NOW)),
            "audit": (many, lambda: audit_log(log, COMPLAINT, calendar=china(), now=NOW)),
        }
    )
    few = complaints(PEER)
    net = petri_net()
    frame = as_frame(few)
    print(f"{PEER:,} of them, side by side with pm4py's token replay of the same log (it knows no deadlines)")
    turns(
        {
            "token replay": (PEER, lambda: pm4py.conformance_diagnostics_token_based_replay(frame, *net)),
            "audit": (PEER, lambda: audit_log(few, COMPLAINT, calendar=china(), now=NOW)),
        },
        rounds=3,
    )
    print(f"in pieces of {PIECE:,}")
    for cases in (many, 10 * many):
        begin = time.perf_counter()
        findings = sum(len(audit_log(piece, COMPLAINT, calendar=china(), now=NOW).findings) for piece in pieces(cases))
        took = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        each = f"{took / cases * 1e6:6.2f} µs a case"
        print(f"  {cases:12,} cases {took:8.1f} s  {each}, {findings:,} findings, {peak:,.0f} MB")


def pieces(cases: int) -> Iterator[Log]:
    """Yield a log in pieces, each made when it is asked for."""
    for seed in range(cases // PIECE):
        yield complaints(PIECE, seed)


def petri_net() -> tuple[PetriNet, Marking, Marking]:
    """Return the procedure as a Petri net: a place a state, a transition a row."""
    net = PetriNet("complaint")
    places = {state: PetriNet.Place(state or "before") for state in ("", *COMPLAINT.by_state)}
    net.places.update(places.values())
    for row in COMPLAINT.transitions:
        for source in row.sources or ("",):
            transition = PetriNet.Transition(f"{row.trigger} {source}", row.trigger)
            net.transitions.add(transition)
            add_arc_from_to(places[source], transition, net)
            add_arc_from_to(transition, places[row.to or source], net)
    return net, Marking({places[""]: 1}), Marking({places["concluded"]: 1})


def as_frame(log: Log) -> pd.DataFrame:
    """Return a log as pm4py reads it."""
    cases = np.repeat(np.arange(len(log)), np.diff(log.offsets))
    days = pd.to_datetime(log.day, unit="D", utc=True) + pd.to_timedelta(np.arange(len(log.day)) % 8, unit="h")
    names = np.array(log.triggers)[log.trigger]
    return pd.DataFrame({"case:concept:name": cases.astype(str), "concept:name": names, "time:timestamp": days})


def turns(sides: dict[str, tuple[int, Callable[[], object]]], *, rounds: int = 5) -> None:
    """Run the sides by turns, and print the median of each a case, and by how much the first exceeds the others."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, (cases, run) in sides.items():
            begin = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - begin) / cases)
    first = statistics.median(next(iter(times.values())))
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"  {name:14} {median * 1e6:9.3f} µs a case   first / this {first / median:8.2f}")


if __name__ == "__main__":
    main()
