"""The office on FastAPI keeps letters and cases together, refuses with citations, and lists what is due."""

import asyncio
import importlib.util
import re
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import httpx
import pytest
import sqlalchemy as sa

from tests.lifecycles.complaining import RECEIVED
from yingshang_flow.stores.places import Place
from yingshang_flow.testing import FixedClock

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "examples" / "fastapi_office.py"
PAGE: Final = ROOT / "docs" / "how-to" / "async.md"
BLOCK: Final = re.compile(r"```python\n(?P<text>.*?)```", re.DOTALL)
RECEIPT: Final = {
    "identity": "named",
    "channel": "letter",
    "against": "区住建局",
    "matter": "施工许可迟迟不办",
    "category": "delay",
    "complainant": {"name": "孙某某", "contact": "13800001111"},
}
LI: Final = {"X-User": "li"}

Questions = Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fastapi_office", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def ask(example: ModuleType, tmp_path: Path) -> Callable[[Questions], None]:
    """Return what asks an office whose tables are empty."""
    file = tmp_path / "office.db"
    Place(f"sqlite:///{file}").upgrade()

    async def asked(questions: Questions) -> None:
        app = example.office(f"sqlite+aiosqlite:///{file}", clock=FixedClock(RECEIVED))
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://office") as client,
        ):
            await questions(client)

    return lambda questions: asyncio.run(asked(questions))


def test_a_complaint_goes_its_way_and_is_listed_while_it_is_due(ask: Callable[[Questions], None]) -> None:
    async def questions(office: httpx.AsyncClient) -> None:
        received = await office.post("/letters/L-1", json=RECEIPT, headers=LI)
        assert received.status_code == 201, received.text
        case = received.json()["case"]
        assert received.json()["owed"] == {"answer": "2018-09-19", "conclusion": "2018-10-26"}
        accepted = await office.post(f"/cases/{case}/accept", json={}, headers={**LI, "Idempotency-Key": "k"})
        assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
        again = await office.post(f"/cases/{case}/accept", json={}, headers={**LI, "Idempotency-Key": "k"})
        assert again.json() == accepted.json() == (await office.get(f"/cases/{case}")).json()
        due = (await office.get("/due", params={"before": "2018-09-30"})).json()
        assert due == [{"case": case, "limit": "answer", "due": "2018-09-19"}]

    ask(questions)


def test_what_is_refused_is_a_conflict_with_its_citations(ask: Callable[[Questions], None]) -> None:
    async def questions(office: httpx.AsyncClient) -> None:
        case = (await office.post("/letters/L-1", json=RECEIPT, headers=LI)).json()["case"]
        refused = await office.post(f"/cases/{case}/accept", json={}, headers={"X-User": "wang"})
        assert refused.status_code == 409
        assert [one["code"] for one in refused.json()["refused"]] == ["role"]
        assert "accept" in refused.json()["possible"]
        nobody = {**RECEIPT, "complainant": None}
        unmet = await office.post("/letters/L-2", json=nobody, headers=LI)
        assert unmet.status_code == 409
        assert all(one["citations"] for one in unmet.json()["refused"])

    ask(questions)


def test_a_letter_and_its_case_are_kept_together_or_not_at_all(
    ask: Callable[[Questions], None], tmp_path: Path
) -> None:
    async def questions(office: httpx.AsyncClient) -> None:
        assert (await office.post("/letters/L-1", json=RECEIPT, headers=LI)).status_code == 201
        again = await office.post("/letters/L-1", json=RECEIPT, headers=LI)
        assert (again.status_code, "L-1" in again.json()["error"]) == (409, True)
        with closing(sqlite3.connect(tmp_path / "office.db")) as connection, connection:
            assert connection.execute("SELECT number FROM letters").fetchall() == [("L-1",)]
            connection.execute("INSERT INTO letters (number) VALUES ('L-2')")
        with pytest.raises(sa.exc.IntegrityError):
            await office.post("/letters/L-2", json=RECEIPT, headers=LI)
        assert len((await office.get("/due", params={"before": "2018-09-30"})).json()) == 1

    ask(questions)


def test_bad_input_is_told_and_the_office_goes_on(ask: Callable[[Questions], None]) -> None:
    async def questions(office: httpx.AsyncClient) -> None:
        wrong = await office.post("/letters/L-1", json={**RECEIPT, "against": 7, "surplus": 1}, headers=LI)
        assert (wrong.status_code, len(wrong.json()["problems"])) == (422, 2)
        assert (await office.get("/cases/nothing")).status_code == 404
        assert (await office.post("/letters/L-1", json=RECEIPT, headers={"X-User": "x"})).status_code == 401
        case = (await office.post("/letters/L-1", json=RECEIPT, headers=LI)).json()["case"]
        unknown = await office.post(f"/cases/{case}/fly", json={}, headers=LI)
        assert (unknown.status_code, "fly" in unknown.json()["error"]) == (422, True)

    ask(questions)


def test_the_how_to_shows_what_the_office_is_made_of() -> None:
    shown = [block["text"] for block in BLOCK.finditer(PAGE.read_text("utf-8")) if ">>>" not in block["text"]]
    assert shown
    assert [text for text in shown if text not in EXAMPLE.read_text("utf-8")] == []
