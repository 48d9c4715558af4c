"""A migration is told to other systems: from which rules to which, by whom, and what is owed otherwise from then on."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.docket.digging import BOSS, CITIZEN, FIRST, NEW, OFFICE, OLD, dig, made, other, profile
from tests.docket.test_migrate import STEPS, migrated, walked
from yingshang_flow import Actor, Docket
from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.errors import DeliveryError, MigrationError
from yingshang_flow.operations.messages import OF_THE_CLOCK, TOPICS, Message
from yingshang_flow.operations.migrate import Which
from yingshang_flow.stores import MemoryStore, SQLiteStore

Key = tuple[str, str, int]

ELSEWHERE: Final = dig(profile("elsewhere", "20工作日", report="30日"))


def delivered(docket: Docket) -> list[Message]:
    found: list[Message] = []
    docket.deliver(found.append)
    return found


def rules_of(lifecycle: Any) -> dict[str, object]:  # noqa: ANN401 - a lifecycle
    return {"version": lifecycle.version, "profile": lifecycle.profile, "fingerprint": fingerprint(lifecycle)}


def owed(case: Case) -> dict[Key, str]:
    return {(d.limit, d.obligor, d.number): d.due.isoformat() for d in case.owed()}


# --- laws -------------------------------------------------------------------------------------------------------------


@given(STEPS, st.sampled_from(["keep", "recompute"]), st.booleans())
def test_what_is_told_leads_from_what_was_owed_to_what_is(
    steps: list[tuple[str, int]],
    dates: str,
    back: bool,  # noqa: FBT001 - drawn
) -> None:
    docket = made(topics=["migrated"])
    before = walked(docket, steps)
    for to in (ELSEWHERE, OLD) if back else (ELSEWHERE,):
        stood = owed(docket.load(before.id))
        docket._clock.advance(timedelta(3))  # type: ignore[attr-defined]  # the tests' own clock
        migrated(docket, to, deadlines=dates)
        (message,) = delivered(docket)
        for told in message.content["deadlines"]:
            key = told["limit"], told["obligor"], told["number"]
            if told["change"] == "moved":
                assert stood[key] == told["old"] != told["due"]
                stood[key] = told["due"]
            elif told["change"] == "started":
                assert key not in stood
                if Status(told["status"]).owed:
                    stood[key] = told["due"]
            else:
                assert stood.pop(key) == told["due"]
        assert stood == owed(docket.load(before.id))


# --- what is told -----------------------------------------------------------------------------------------------------


def test_a_migration_says_from_which_rules_to_which_by_whom_and_what_is_owed_otherwise() -> None:
    docket = made(topics=["migrated"])
    case = walked(docket, [("hear", 1)])
    docket._clock.travel_to(date(2026, 3, 25))  # type: ignore[attr-defined]
    docket.sweep()
    migrated(docket, ELSEWHERE, deadlines="recompute", ground="王某某要求")
    (message,) = delivered(docket)
    assert (message.topic, message.case, message.revision, message.number) == ("migrated", case.id, 4, 1)
    content = dict(message.content)
    moved = {told["limit"]: told for told in content.pop("deadlines")}
    assert content == {
        "lifecycle": "dig",
        "profile": "elsewhere",
        "state": "hearing",
        "before": "held",
        "recorded_at": content["occurred_at"],
        "occurred_at": content["occurred_at"],
        "role": "office",
        "unit": BOSS.unit,
        "source": rules_of(OLD),
        "target": rules_of(ELSEWHERE),
        "dates": "recompute",
    }
    of_case = {"obligor": "", "number": 1}
    assert moved["survey"] == {"limit": "survey", **of_case, "due": "2026-03-23", "change": "left"}
    assert moved["report"] == {"limit": "report", **of_case, "due": "2026-04-02", "change": "started", "status": "open"}
    assert "answer" not in moved  # it was missed before, and stays so
    assert "王某某要求" not in str(message)


def test_a_date_that_moves_is_told_with_the_migration_and_by_itself_where_both_are_asked_for() -> None:
    docket = made(topics=["migrated", "moved"])
    walked(docket, [])
    migrated(docket, ELSEWHERE, deadlines="recompute")
    whole, single = delivered(docket)
    assert [(told.topic, told.number) for told in (whole, single)] == [("migrated", 1), ("moved", 2)]
    (answer,) = (told for told in whole.content["deadlines"] if told["change"] == "moved")
    dates = {"limit": "answer", "due": "2026-03-30", "old": "2026-03-16"}
    assert dates.items() <= answer.items()
    assert dates.items() <= single.content.items()


def test_dates_that_are_kept_are_not_told() -> None:
    docket = made(topics=["migrated"])
    walked(docket, [])
    migrated(docket)
    ((survey,),) = (told.content["deadlines"] for told in delivered(docket))
    assert (survey["limit"], survey["change"], survey["due"]) == ("survey", "stopped", "2026-03-23")


def test_of_a_private_person_only_the_role_is_told() -> None:
    by_anybody = other(lambda lifecycle: attrs.evolve(lifecycle, amended_by=[OFFICE, CITIZEN]))
    docket = made(runs=by_anybody, topics=["migrated"])
    walked(docket, [])
    migrated(docket, by_anybody(profile()), by=Actor("310101", "某单位", "citizen"))
    (message,) = delivered(docket)
    assert (message.content["role"], "unit" in message.content) == ("citizen", False)
    assert "某单位" not in str(message)


def test_it_is_told_only_where_it_is_asked_for_and_never_of_a_dry_run() -> None:
    assert "migrated" in TOPICS
    assert "migrated" not in OF_THE_CLOCK
    for topics in (None, ["act", "amended"]):
        docket = made(topics=topics)
        walked(docket, [])
        delivered(docket)
        migrated(docket)
        assert delivered(docket) == []
    docket = made(topics=["migrated"])
    walked(docket, [])
    migrated(docket, dry_run=True)
    assert delivered(docket) == []


# --- on its way, on a file --------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three cases in a file, of which one could not go on under the new rules."""
    found = tmp_path / "cases.db"
    with closing(SQLiteStore(found)) as store:
        docket = made(store, topics=["act", "migrated"])
        for _ in range(3):
            walked(docket, [("hear", 1)])
        delivered(docket)
    return found


def test_each_case_is_told_once_by_whoever_delivers_also_after_a_restart(path: Path) -> None:
    with closing(SQLiteStore(path)) as store:
        docket = made(store, date(2026, 4, 1), topics=["act", "migrated"])
        report = docket.migrate(Which(), to=ELSEWHERE, ground="law", by=BOSS, deadlines="recompute", dry_run=False)
        docket.act("dig-002", "answer", by=BOSS)
    heard: list[Message] = []

    def hear(message: Message) -> None:
        if message.case == "dig-002" and not any(one.case == "dig-003" for one in heard):
            raise ConnectionError("the line is busy")
        heard.append(message)

    with closing(SQLiteStore(path)) as store:
        relay = made(store, topics=[])  # tells of nothing itself
        with pytest.raises(DeliveryError, match=r"message dig-002/3/1 \(migrated\): ConnectionError"):
            relay.deliver(hear)
        assert relay.deliver(hear) == 2
        assert relay.deliver(hear) == 0
    told = [(one.case, one.topic, one.revision) for one in heard]
    assert told == [
        ("dig-001", "migrated", 3),
        ("dig-003", "migrated", 3),
        ("dig-002", "migrated", 3),
        ("dig-002", "act", 4),
    ]
    assert [moving.case for moving in report.moved] == sorted(one.case for one in heard if one.topic == "migrated")
    assert {one.content["target"]["fingerprint"] for one in heard[:3]} == {fingerprint(ELSEWHERE)}


def test_what_is_refused_tells_nothing(path: Path) -> None:
    with closing(SQLiteStore(path)) as store:
        docket = made(store, date(2026, 4, 1), topics=["migrated"])
        with pytest.raises(MigrationError):
            docket.migrate(["dig-001", "nowhere"], to=NEW, ground="law", by=BOSS, dry_run=False)
        assert delivered(docket) == []


def test_a_migration_is_told_the_same_by_every_store(path: Path) -> None:
    told = []
    with closing(SQLiteStore(path)) as kept:
        for store in (kept, MemoryStore()):
            docket = made(store, FIRST, topics=["migrated"])
            if store is not kept:
                for _ in range(3):
                    walked(docket, [("hear", 1)])
            docket._clock.travel_to(date(2026, 4, 1))  # type: ignore[attr-defined]
            migrated(docket, ELSEWHERE, deadlines="recompute")
            told.append(delivered(docket))
    assert told[0] == told[1]
