"""What a decision costs, against a bare guarded `transitions` trigger and python-statemachine's `send`, in one run.

Run: ``python benchmarks/bench_decide.py`` (extra ``bench``). Each side makes one guarded move; the sides are
interleaved and medians are compared. A decision also checks role, content class, times and order, collects every unmet
requirement and builds the record.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date

from holding import OFFICE, PLAN
from statemachine import State, StateMachine
from transitions import Machine

from yingshang_flow import Actor, lifecycles
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import Act, decide, evolve
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Opening, midnight
from yingshang_flow.deadlines import china
from yingshang_flow.lifecycles.interview import ApprovalRequest, Interview, Notice, Statement

ROUNDS, BATCH = 60, 200
NOW = midnight(date(2019, 1, 10))
LIFECYCLE = lifecycles.interview("dalian-2018")
CALENDAR = china()


class Bare:
    """A model of `transitions` with a guard."""

    def allowed(self) -> bool:
        """Let every move pass."""
        return True


class Peer(StateMachine):
    """The same two guarded moves in python-statemachine."""

    planned = State(initial=True)
    awaiting = State()
    ask = planned.to(awaiting, cond="allowed")
    back = awaiting.to(planned, cond="allowed")

    def allowed(self) -> bool:
        """Let every move pass."""
        return True


def planned() -> Case:
    """Return a planned interview."""
    opening = Opening("interview", 1, "dalian-2018", "")
    act = Act("plan", PLAN, OFFICE, Moment.of(date(2018, 12, 10)))
    return evolve(None, decide(LIFECYCLE, None, act, now=NOW, calendar=CALENDAR, id="1", opening=opening))


def decisions() -> dict[str, Callable[[], object]]:
    """Return a plain move, and the move that starts a deadline."""
    case = planned()
    ask = Act("request_approval", ApprovalRequest(), OFFICE, Moment.of(date(2018, 12, 11)))
    other = Actor("wang", "市政府办公室", "secretary_general")
    steps = [
        ask,
        Act("approve", LIFECYCLE.by_trigger["approve"].content(), other, Moment.of(date(2018, 12, 12))),  # type: ignore[misc]
        Act("notify", Notice(NOW, "市营商办", "办结率", "individual"), OFFICE, Moment.of(date(2018, 12, 13))),
    ]
    notified = case
    for step in steps:
        notified = evolve(notified, decide(LIFECYCLE, notified, step, now=NOW, calendar=CALENDAR))
    said = (Statement("甘井子区", "立即整改"),)
    sheet = Interview("办结率低", "投诉办理", "限期清理", date(2019, 3, 31), "逐件销号", said, "李某")
    hold = Act("hold", sheet, OFFICE, Moment.of(date(2018, 12, 20)))
    return {
        "decide a move": lambda: decide(LIFECYCLE, case, ask, now=NOW, calendar=CALENDAR),
        "decide a move that starts a deadline": lambda: decide(LIFECYCLE, notified, hold, now=NOW, calendar=CALENDAR),
    }


def peers() -> dict[str, Callable[[], object]]:
    """Return the peers' guarded moves, there and back."""
    bare = Bare()
    Machine(
        bare,
        states=["planned", "awaiting"],
        initial="planned",
        transitions=[
            {"trigger": "ask", "source": "planned", "dest": "awaiting", "conditions": "allowed"},
            {"trigger": "back", "source": "awaiting", "dest": "planned", "conditions": "allowed"},
        ],
        auto_transitions=False,
    )
    peer = Peer()
    names = {"planned": "ask", "awaiting": "back"}

    def move() -> object:
        return getattr(bare, names[bare.state])()  # type: ignore[attr-defined]  # `transitions` adds both

    return {
        "transitions, bare guarded trigger": move,
        "python-statemachine, send": lambda: peer.send("ask" if peer.planned.is_active else "back"),
    }


def main() -> None:
    """Print the medians and the ratios."""
    sides = {**decisions(), **peers()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, run in sides.items():
            start = time.perf_counter()
            for _ in range(BATCH):
                run()
            times[name].append((time.perf_counter() - start) / BATCH)
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        print(f"{name:40} {median * 1e6:8.1f} µs")
    plain, _, bare, peer = medians.values()
    print(f"a decision is {plain / bare:.2f} × a bare trigger (at most 2 wanted)")
    print(f"a decision is {peer / plain:.1f} × as fast as python-statemachine's send (at least 6 wanted)")


if __name__ == "__main__":
    main()
