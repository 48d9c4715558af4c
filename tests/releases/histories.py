"""Stored histories of every release, kept as it wrote them, so that each later one can be tried with them.

    python -m tests.releases.histories        adds those of this release; what is there is never written again

Run it once before a release, when its version has been raised. A file has a few cases as a store has them: their rows,
the canonical texts of their records, and the definitions that they are under.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import attrs

from tests.lifecycles import accounting, complaining, interviewing, rectifying, reviewing, stewarding, tasking
from yingshang_flow import Docket, __version__, lifecycles, policies
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.operations.migrate import Which
from yingshang_flow.policies.profile import Entry, Profile
from yingshang_flow.ports import CaseRow, Commit, DeadlineRow, DefinitionRow, Query, RecordRow, Store, VaultRow
from yingshang_flow.sources import OURS
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.store_contract import find_all

FOLDER: Final = Path(__file__).parents[1] / "data" / "histories"


def kept() -> Iterator[Path]:
    """Yield the files of all releases, in order."""
    yield from sorted(FOLDER.glob("*/*.json"))


def read(path: Path) -> Store:
    """Return a store that holds what a release has written."""
    told = json.loads(path.read_text(encoding="utf-8"))
    store = MemoryStore()
    definitions = [DefinitionRow(**item) for item in told["definitions"]]
    for case in told["cases"]:
        row = CaseRow(**case["row"] | {"units": tuple(case["row"]["units"])})
        records = [RecordRow(**item) for item in case["records"]]
        for record in records:
            last = record is records[-1]
            store.commit(
                Commit(
                    record,
                    attrs.evolve(row, revision=record.revision, head=record.hash),
                    tuple(DeadlineRow(**item) for item in case["deadlines"]) if last else None,
                    tuple(VaultRow(**item) for item in case["vault"]) if last else (),
                    definitions.pop() if definitions else None,
                )
            )
    return store


def write(folder: Path) -> list[Path]:
    """Write what is not there yet of the histories of this release into a folder, and return the new files."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = {path: make for name, make in STORIES.items() if not (path := folder / f"{name}.json").exists()}
    for path, make in missing.items():
        path.write_text(json.dumps(_told(make()), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return list(missing)


def _told(docket: Docket) -> Mapping[str, Any]:
    store = docket.store
    rows = list(find_all(store, Query()))
    marks = dict.fromkeys(mark for row in rows for mark in docket.definitions(row.case))
    return {
        "cases": [
            {
                "row": attrs.asdict(row),
                "records": _values(store.history(row.case)),
                "deadlines": _values(store.deadlines(row.case)),
                "vault": _values(store.vault(row.case)),
            }
            for row in rows
        ],
        "definitions": _values(filter(None, map(store.definition, marks))),
    }


def _values(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [attrs.asdict(row) for row in rows]


def _named(docket: Docket, name: str) -> None:
    """Let the cases of a docket be named in turn."""
    numbers = iter(range(1, 100))
    docket._new_id = lambda: f"{name}-{next(numbers)}"  # the desks draw random ones


def interviews() -> Docket:
    """Tell an interview up to its end, with a correction, and one that is planned."""
    desk = interviewing.Desk()
    _named(desk.docket, "interview")
    desk.reach("tracking")
    (reported,) = [record.revision for record in desk.history if record.trigger == "submit_report"][:1]
    desk.docket.correct(desk.id, reported, occurred_at=date(2018, 12, 24), ground="登记有误", by=interviewing.OFFICE)
    desk.act("resolve", interviewing.solved(), by=interviewing.OFFICE, at=date(2019, 3, 1))
    desk.plan(interviewing.plan(facts="另案事实"))
    return desk.docket


def complaints() -> Docket:
    """Tell a complaint up to its end, of which personal data was erased, and one that went on under another profile."""
    desk = complaining.Desk()
    _named(desk.docket, "complaint")
    desk.reach("closed")
    desk.docket.erase(desk.id, ground="当事人要求", by=complaining.BODY)
    desk.open()
    desk.docket.migrate(
        Which(cases=[desk.id]),
        to=elsewhere(),
        ground="新办法施行",
        by=complaining.BODY,
        deadlines="recompute",
        dry_run=False,
    )
    desk.act("accept", by=complaining.BODY, at=complaining.RECEIVED)
    return desk.docket


def elsewhere() -> Lifecycle:
    """Return the complaint of a made-up place, whose conclusion takes 20 working days."""
    there = policies.get("bayuquan-2018")
    entries = {**there.entries, "complaint.conclusion": Entry("20工作日", OURS("试例"), "elsewhere")}
    return lifecycles.complaint(
        Profile("elsewhere", "某市（试例）", "试例", there.valid_from, entries, "elsewhere.toml")
    )


def campaign() -> Docket:
    """Tell a small campaign that goes on, with an item that was written off and one that was not."""
    desk = rectifying.Desk(groups=rectifying.ONE_GROUP)
    _named(desk.docket, "campaign")
    desk.reach(desk.stages[1])
    done, _ = desk.listed(), desk.listed(rectifying.item(problem="另一问题"))
    desk.bring(done, "written_off")
    return desk.docket


def reviews() -> Docket:
    """Tell a poor review that was put right."""
    desk = reviewing.Desk()
    _named(desk.docket, "review")
    desk.reach("closed")
    return desk.docket


def tasks() -> Docket:
    """Tell a task until it is under way."""
    desk = tasking.Desk()
    _named(desk.docket, "task")
    desk.reach("underway")
    return desk.docket


def accounts() -> Docket:
    """Tell a clue that was passed on, and what came of it."""
    desk = accounting.Desk()
    _named(desk.docket, "clue")
    desk.reach("disposed")
    return desk.docket


def requests() -> Docket:
    """Tell a request to a steward that was solved."""
    desk = stewarding.Desk()
    _named(desk.docket, "request")
    desk.reach("solved")
    return desk.docket


STORIES: Final[Mapping[str, Callable[[], Docket]]] = {
    "interview": interviews,
    "complaint": complaints,
    "rectification": campaign,
    "service_review": reviews,
    "task": tasks,
    "accountability": accounts,
    "steward_request": requests,
}


if __name__ == "__main__":
    sys.stdout.write("".join(f"{path}\n" for path in write(FOLDER / __version__)))
