"""Chains by SM3 and by SHA-256: each record names its own, old and mixed ones are read, and no SM3 is no tampering."""

import json
import os
import sqlite3
import subprocess  # a machine without SM3 is a process of its own
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.lifecycles.interviewing import Desk, refused_to_sign
from yingshang_flow import codec
from yingshang_flow.docket import Docket
from yingshang_flow.errors import HashingError
from yingshang_flow.lifecycles.interview import SignedRecord
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore, SQLiteStore

SIGNED = SignedRecord("李主任", (), (refused_to_sign("甘井子区"),), "2018-17")


def told(store: Store, *hashings: str | None) -> Desk:
    """Return an interview up to the signed record, a confidential name in it, the acts hashed in turn as given."""
    desk = Desk(store=store)
    dockets = [Docket(store, clock=desk.clock, hashing=hashing) for hashing in hashings]
    desk.docket = dockets[0]
    desk.reach("held")
    desk.docket = dockets[-1]
    desk.act("sign_record", SIGNED, at=date(2018, 12, 21))
    return desk


def algorithms(desk: Desk) -> list[str | None]:
    return [codec.links(row.text)[1] for row in desk.docket.store.history(desk.id)]


@pytest.mark.parametrize(("hashing", "named"), [(None, "sm3"), ("sm3", "sm3"), ("sha256", "sha-256")])
def test_every_record_names_its_algorithm_and_the_vault_follows_it(
    store: Store, hashing: str | None, named: str
) -> None:
    desk = told(store, hashing)
    desk.docket.sweep()
    assert set(algorithms(desk)) == {named}
    (row,) = store.vault(desk.id)
    assert row.commitment.startswith("sm3:") is (named == "sm3")
    assert desk.history[5].content == SIGNED
    assert desk.docket.verify(desk.id) == desk.case.revision


@pytest.mark.parametrize("hashings", [("sha256", "sm3"), ("sm3", "sha256")])
def test_a_chain_of_both_is_whole(store: Store, hashings: tuple[str, str]) -> None:
    desk = told(store, *hashings)
    assert len(set(algorithms(desk))) == 2
    assert Docket(store, clock=desk.clock).verify(desk.id) == 6


def test_an_old_history_that_names_no_algorithm_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        desk = told(store, "sha256")
        rows = store.history(desk.id)
    head = codec.GENESIS
    with closing(sqlite3.connect(path)) as connection, connection:
        for row in rows:
            value = json.loads(row.text)
            del value["algorithm"]
            text = codec.canonical_text(value | {"previous": head})
            head = codec.digest(text)
            connection.execute("UPDATE ysf_records SET text=?, hash=? WHERE revision=?", (text, head, row.revision))
        connection.execute("UPDATE ysf_cases SET head=?", (head,))
    with closing(SQLiteStore(path)) as store:
        desk.docket = Docket(store, clock=desk.clock)
        assert desk.docket.verify(desk.id) == 6
        assert desk.history[5].content == SIGNED
        desk.report("甘井子区")
        assert algorithms(desk) == [None] * 6 + ["sm3"]
        assert desk.docket.verify(desk.id) == 7


def test_another_hash_is_refused_at_once() -> None:
    with pytest.raises(HashingError, match="not 'md5'"):
        Docket(MemoryStore(), hashing="md5")


_WITHOUT_SM3 = """
import sys
from yingshang_flow.docket import Docket
from yingshang_flow.errors import HashingError
from yingshang_flow.core.actor import Actor
from yingshang_flow.stores import SQLiteStore
path, case = sys.argv[1:]
store = SQLiteStore(path)
docket = Docket(store)
print(docket.load(case).revision)
office = Actor("li", "市营商办", "office")
tries = [lambda: docket.verify(case), lambda: docket.history(case, by=office), lambda: Docket(store, hashing="sm3")]
for tried in tries:
    try:
        tried()
    except HashingError as exc:
        print(exc)
docket.act(case, "submit_report", {"title": "x"}, by=Actor("h", "甘井子区", "subject"))
store.close()
"""


def test_a_machine_without_sm3_says_so_and_goes_on_by_sha_256(tmp_path: Path) -> None:
    bare = tmp_path / "openssl.cnf"  # OpenSSL's base provider has no hashes
    bare.write_text(
        "openssl_conf=a\n[a]\nproviders=b\n[b]\nbase=c\n[c]\nactivate=1\n",
        encoding="ascii",
    )
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        desk = told(store, "sm3")
        done = subprocess.run(
            [sys.executable, "-c", _WITHOUT_SM3, str(path), desk.id],
            env=os.environ | {"OPENSSL_CONF": str(bare), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stderr == ""
        revision, of_record, of_vault, of_docket = done.stdout.splitlines()
        assert revision == "6"
        assert of_record.startswith(f"case {desk.id}, record 1: a record or commitment was hashed by SM3, which this ")
        assert of_vault.startswith("a record or commitment was hashed by SM3, which this machine does not have")
        assert of_docket.startswith("hashing='sm3' was asked for, which this machine does not have")
        assert algorithms(desk) == ["sm3"] * 6 + ["sha-256"]
        assert desk.docket.verify(desk.id) == 7
        assert desk.history[5].content == SIGNED
