"""Checkpoints: one root for all cases, a file that cannot be forged unseen, and a store held against what it was."""

import hashlib
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lifecycles.interviewing import MEETING, SECRETARY, Desk, held, plan, signed
from yingshang_flow.codec import merkle
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CaseNotFoundError, CodecError, TamperedError
from yingshang_flow.lifecycles.interview import Approval, ApprovalRequest
from yingshang_flow.operations.checkpoint import Change, Checkpoint, Difference, Leaf, Proof
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

NOW = datetime(2018, 12, 20, 16, 0, 0, 5, tzinfo=UTC)
HASH = hashlib.sha256(b"a head").hexdigest()

ids = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
leaf_lists = st.dictionaries(
    ids, st.tuples(st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32)), max_size=9
).map(
    lambda found: tuple(
        Leaf(case, found[case][0], found[case][1].hex()) for case in sorted(found, key=lambda case: case.encode())
    )
)
checkpoints = st.builds(Checkpoint, st.datetimes(timezones=st.just(UTC)), leaf_lists)
filled = checkpoints.filter(lambda found: found.leaves)


def mth(entries: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word: split at the largest power of two below the size."""
    size = len(entries)
    if size == 0:
        return hashlib.sha256(b"").digest()
    if size == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < size:
        split *= 2
    return hashlib.sha256(b"\x01" + mth(entries[:split]) + mth(entries[split:])).digest()


# --- the tree ---


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=40))
def test_the_root_is_that_of_rfc_6962(entries: list[str]) -> None:
    assert merkle.root(entries) == mth([entry.encode() for entry in entries]).hex()


def test_the_root_is_that_of_a_published_tree() -> None:
    # The tree of one empty entry, as the vectors of Certificate Transparency have it.
    assert merkle.root([""]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(filled, st.data())
def test_whatever_changes_in_the_leaves_changes_the_root(checkpoint: Checkpoint, data: st.DataObject) -> None:
    leaves = list(checkpoint.leaves)
    at = data.draw(st.integers(0, len(leaves) - 1))
    leaf = leaves[at]
    how = data.draw(st.sampled_from(["case", "revision", "head", "without", "twice", "swapped"]))
    if how == "without":
        del leaves[at]
    elif how == "twice":
        leaves.insert(at, leaf)
    elif how == "swapped":
        leaves = [*leaves[at:], *leaves[:at]]
    else:
        other: dict[str, Any] = {"case": f"{leaf.case}x", "revision": leaf.revision + 1, "head": leaf.head[::-1]}
        leaves[at] = attrs.evolve(leaf, **{how: other[how]})
    changed = attrs.evolve(checkpoint, leaves=tuple(leaves))
    assert (changed.root == checkpoint.root) == (changed.leaves == checkpoint.leaves)


# --- proofs ---


@given(filled)
def test_a_proof_holds_for_every_case_also_when_it_was_handed_on_as_text(checkpoint: Checkpoint) -> None:
    for leaf in checkpoint.leaves:
        proof = checkpoint.proof(leaf.case)
        assert proof.leaf == leaf
        assert proof.holds(checkpoint.root)
        assert proof.holds(checkpoint.root.upper())
        assert Proof.read(proof.text) == proof


@given(filled, st.data())
def test_an_altered_proof_never_holds(checkpoint: Checkpoint, data: st.DataObject) -> None:
    proof = checkpoint.proof(data.draw(st.sampled_from(checkpoint.leaves)).case)
    leaf, path = proof.leaf, list(proof.path)
    other_side: dict[merkle.Side, merkle.Side] = {"left": "right", "right": "left"}
    altered = [
        attrs.evolve(proof, leaf=attrs.evolve(leaf, case=leaf.case + "x")),
        attrs.evolve(proof, leaf=attrs.evolve(leaf, revision=leaf.revision + 1)),
        attrs.evolve(proof, leaf=attrs.evolve(leaf, head=HASH)),
        attrs.evolve(proof, path=(*path, ("left", HASH))),
    ]
    for at, (side, partner) in enumerate(path):
        instead: list[list[merkle.Step]] = [[(side, HASH)], [(other_side[side], partner)], []]
        altered += [attrs.evolve(proof, path=(*path[:at], *steps, *path[at + 1 :])) for steps in instead]
    assert not any(other.holds(checkpoint.root) for other in altered)


def test_a_case_that_is_not_in_it_has_no_proof() -> None:
    with pytest.raises(CaseNotFoundError, match="may have been opened later"):
        Checkpoint(NOW, ()).proof("case-1")


@pytest.mark.parametrize("root", ["", "ff", HASH + "0", "g" * 64, None], ids=str)
def test_a_root_that_is_none_is_told(root: str) -> None:
    with pytest.raises(CodecError, match="64 hex digits"):
        Proof(Leaf("case-1", 1, HASH), ()).holds(root)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": [["up", HASH]]}, "a step is a side"),
        ({"path": [["left", "ff"]]}, "64 hex digits"),
        ({"path": [[]]}, "a step is a side"),
        ({"leaf": {"case": "case-1"}}, "it has the fields case, head, revision"),
        ({"leaf": []}, "leaf is of type dict"),
        ({"format": "another/1"}, "the format is"),
        ({"algorithm": "md5"}, "algorithm 'md5' is not known here"),
        ({"more": 1}, "it has the fields"),
    ],
    ids=str,
)
def test_a_text_that_is_no_proof_is_told(change: dict[str, object], said: str) -> None:
    value = json.loads(Proof(Leaf("case-1", 1, HASH), ()).text) | change
    with pytest.raises(CodecError, match=f"no proof of a checkpoint: .*{said}"):
        Proof.read(json.dumps(value, sort_keys=True, separators=(",", ":")))


# --- files ---


def written(checkpoint: Checkpoint) -> bytes:
    file = io.BytesIO()
    checkpoint.write(file)
    return file.getvalue()


@given(checkpoints)
def test_what_was_written_is_read_as_it_was(checkpoint: Checkpoint) -> None:
    data = written(checkpoint)
    assert data.count(b"\n") == 1 + len(checkpoint.leaves)
    assert Checkpoint.read(io.BytesIO(data)) == checkpoint


@given(filled, st.data())
def test_no_change_of_a_byte_passes_but_of_the_time(checkpoint: Checkpoint, data: st.DataObject) -> None:
    text = written(checkpoint)
    at = data.draw(st.integers(0, len(text) - 1))
    how = data.draw(st.sampled_from(["cut", "flip", "drop", "add"]))
    byte = bytes([data.draw(st.integers(0, 255).filter(lambda found: found != text[at]))])
    rest = {"cut": b"", "flip": byte + text[at + 1 :], "drop": text[at + 1 :], "add": byte + text[at:]}[how]
    try:
        found = Checkpoint.read(io.BytesIO(text[:at] + rest))
    except CodecError as exc:
        said = str(exc)
        assert re.match(r"line \d+: ", said)  # a change of the time alone passes
    else:
        assert found.leaves == checkpoint.leaves
        assert found.taken_at != checkpoint.taken_at


LEAVES = (Leaf("case-1", 3, HASH), Leaf("case-2", 1, HASH), Leaf("案件", 2, HASH))
SOUND = Checkpoint(NOW, LEAVES)


def lines(change: Callable[[list[bytes]], object]) -> bytes:
    found = written(SOUND).splitlines(keepends=True)
    change(found)
    return b"".join(found)


def header(**changes: object) -> bytes:
    head, *rest = written(SOUND).splitlines(keepends=True)
    text = json.dumps(json.loads(head) | changes, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return b"".join([text.encode() + b"\n", *rest])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1: the file is empty; take the file from where it was kept"),
        (b"PK\x03\x04\n", "line 1: it is no JSON"),
        (b"\xef\xbb\xbf" + written(SOUND), "line 1: it is no JSON"),
        (written(SOUND).decode().encode("gb18030"), "line 4: it is not UTF-8 at byte"),
        (written(SOUND).decode().encode("utf-16"), "line 1: it is not UTF-8 at byte 1"),
        (written(SOUND).replace(b"\n", b"\r\n"), "line 1: it is not written canonically"),
        (written(SOUND)[:-1], "line 4: it is cut off"),
        (written(SOUND)[:-20], "line 4: it is cut off"),
        (lines(lambda found: found.pop()), "line 4: the file ends after 2 of the 3 cases"),
        (lines(lambda found: found.append(found[-1].replace(b"\xe4", b"\xe5"))), "line 5: one more case than the 3"),
        (lines(lambda found: found.append(found[-1])), "line 5: case 案件 stands in it twice"),
        (lines(lambda found: found.insert(1, found.pop(2))), "line 3: case case-1 stands after case-2"),
        (lines(lambda found: found.pop(0)), "line 1: it has the fields algorithm, count, format, root, taken_at"),
        (lines(lambda found: found.insert(1, b"\n")), "line 2: it is no JSON"),
        (written(SOUND).replace(b'"revision":3', b'"revision":4'), "line 1: root .* is not that of the lines below"),
        (written(SOUND).replace(b'"revision":3', b'"revision":true'), "line 2: revision is of type int, not True"),
        (written(SOUND).replace(b'"revision":3', b'"revision":0'), "line 2: a case has an id and at least one record"),
        (written(SOUND).replace(b"case-1", b"case\\u0000"), "line 2: a text holds the NUL character"),
        (written(SOUND).replace(b"case-1", b"case\\ud800"), "line 2: it is no"),
        (written(SOUND).replace(b'"case-1"', b"[" * 9000), "line 2: it is no JSON"),
        (written(SOUND).replace(b"case-1", b"x" * 10_000), "line 2: it is longer than any line"),
        (header(root="ff"), "line 1: a hash is 64 hex digits, not 'ff'"),
        (header(root=HASH), f"line 1: root {HASH} is not that of the lines below"),
        (header(count=2), "line 4: one more case than the 2"),
        (header(count=4), "line 5: the file ends after 3 of the 4 cases"),
        (header(count="3"), "line 1: count is of type int, not '3'"),
        (header(format="yingshang_flow/checkpoint/2"), "line 1: the format is 'yingshang_flow/checkpoint/1'"),
        (header(algorithm="md5"), "line 1: algorithm 'md5' is not known here, only 'sha-256'"),
        (header(taken_at="2018-12-20"), "line 1: taken_at is an instant such as"),
        (header(taken_at="2018-12-20T24:00:00+08:00"), "line 1: taken_at is an instant such as"),
        (header(taken_at="yesterday"), "line 1: taken_at is an instant such as"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_checkpoint_is_told_by_its_line(data: bytes, said: str) -> None:
    with pytest.raises(CodecError, match=f"^{said}") as caught:
        Checkpoint.read(io.BytesIO(data))
    assert "\n" not in str(caught.value)


def test_a_file_opened_as_text_is_told() -> None:
    with pytest.raises(CodecError, match="line 1: it is text: open the file in binary"):
        Checkpoint.read(io.StringIO(written(SOUND).decode()))  # type: ignore[arg-type]  # the slip


# --- held against a store ---


def test_it_says_where_every_case_stands_in_order_whatever_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yingshang_flow.operations.pages._PAGE", 2)
    cases = [desk.plan().id for _ in range(5)]
    taken = desk.docket.checkpoint()
    assert [leaf.case for leaf in taken.leaves] == sorted(cases)
    assert taken.taken_at == desk.clock()
    assert taken.taken_at.tzinfo is UTC
    for leaf in taken.leaves:
        assert leaf.head == desk.docket.store.history(leaf.case)[-1].hash
    assert desk.docket.checkpoint().root == taken.root


STEPS: Sequence[Callable[[Desk], object]] = (
    lambda desk: desk.act("request_approval", ApprovalRequest("请示"), at=date(2018, 12, 11)),
    lambda desk: desk.act("approve", Approval(MEETING, "市政府304"), by=SECRETARY, at=date(2018, 12, 12)),
    lambda desk: desk.act("notify", desk.notice(), at=date(2018, 12, 17)),
    lambda desk: desk.act("hold", held(desk.units)),
    lambda desk: desk.act("sign_record", signed(desk.units)),
    lambda desk: desk.report(*desk.units),
)


def done(desk: Desk, acts: Sequence[int]) -> None:
    """Do acts: a number is the case, opened when there is no such yet, else brought one step on; 9 is a sweep."""
    cases: dict[int, tuple[str, int]] = {}
    for number in acts:
        if number == 9:
            desk.docket.sweep()
        elif number not in cases:
            cases[number] = (desk.plan().id, 0)
        elif cases[number][1] < len(STEPS):
            desk.id, step = cases[number]
            STEPS[step](desk)
            cases[number] = (desk.id, step + 1)


many_acts = st.lists(st.sampled_from([0, 0, 0, 1, 1, 2, 3, 9]), max_size=25)


@settings(max_examples=25)
@given(many_acts, many_acts)
def test_whatever_is_done_afterwards_an_earlier_checkpoint_holds(before: list[int], after: list[int]) -> None:
    desk = Desk()
    done(desk, before)
    earlier = desk.docket.checkpoint()
    done(desk, after)
    assert list(desk.docket.compare(earlier)) == []
    assert list(desk.docket.compare(desk.docket.checkpoint())) == []


# --- tampered with ---

ACTS = (0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 9)
Kept = tuple[Path, Checkpoint]


def numbered(path: Path, **changes: Any) -> Desk:  # noqa: ANN401 - its fields
    """A desk whose cases have the ids case-0, case-1 …, so that a second one can forge those of the first."""
    numbers = iter(range(9))
    clock = FixedClock(date(2019, 6, 1))
    store = SQLiteStore(path)
    desk = Desk(docket=Docket(store, clock=clock, new_id=lambda: f"case-{next(numbers)}"))
    if changes:
        own = plan(desk.units, **changes)
        desk.plan = lambda content=None, **options: Desk.plan(desk, content or own, **options)  # type: ignore[method-assign]
    return desk


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A file of three cases and its checkpoint; not to be changed."""
    path = tmp_path_factory.mktemp("kept") / "cases.db"
    desk = numbered(path)
    with closing(desk.docket.store):
        done(desk, ACTS)
        return path, desk.docket.checkpoint()


def found(path: Path, earlier: Checkpoint) -> list[Difference]:
    with closing(SQLiteStore(path)) as store:
        return list(Docket(store).compare(earlier))


def gone(connection: sqlite3.Connection, leaf: Leaf) -> None:
    for table in ("cases", "records", "deadlines", "units"):
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"ysf_{table}",)).fetchone():
            connection.execute(f"DELETE FROM ysf_{table} WHERE case_id = ?", (leaf.case,))  # noqa: S608


def case_gone(connection: sqlite3.Connection, leaf: Leaf) -> None:
    connection.execute("DELETE FROM ysf_cases WHERE case_id = ?", (leaf.case,))


def cut_off(connection: sqlite3.Connection, leaf: Leaf) -> None:
    """Back by one record, the snapshot with it."""
    connection.execute("DELETE FROM ysf_records WHERE case_id = ? AND revision = ?", (leaf.case, leaf.revision))
    connection.execute("UPDATE ysf_cases SET revision = revision - 1 WHERE case_id = ?", (leaf.case,))


def missing(connection: sqlite3.Connection, leaf: Leaf) -> None:
    connection.execute("DELETE FROM ysf_records WHERE case_id = ? AND revision = ?", (leaf.case, leaf.revision))


def renumbered(connection: sqlite3.Connection, leaf: Leaf) -> None:
    set_record(connection, leaf, "revision = revision + 1")


def rewritten(connection: sqlite3.Connection, leaf: Leaf) -> None:
    """Another record with a hash that fits it."""
    (text,) = connection.execute(
        "SELECT text FROM ysf_records WHERE case_id = ? AND revision = ?", (leaf.case, leaf.revision)
    ).fetchone()
    forged = text.replace('"recorded_at":1', '"recorded_at":2')
    digest = hashlib.sha256(forged.encode()).hexdigest()
    set_record(connection, leaf, f"text = '{forged}', hash = '{digest}'")
    connection.execute("UPDATE ysf_cases SET head = ? WHERE case_id = ?", (digest, leaf.case))


def text_only(connection: sqlite3.Connection, leaf: Leaf) -> None:
    set_record(connection, leaf, "text = replace(text, '\"recorded_at\":1', '\"recorded_at\":2')")


def hash_only(connection: sqlite3.Connection, leaf: Leaf) -> None:
    set_record(connection, leaf, "hash = 'ff'")


def set_record(connection: sqlite3.Connection, leaf: Leaf, setting: str) -> None:
    connection.execute(
        f"UPDATE ysf_records SET {setting} WHERE case_id = ? AND revision = ?",  # noqa: S608
        (leaf.case, leaf.revision),
    )


TAMPERED = {
    gone: Change.GONE,
    case_gone: Change.GONE,
    cut_off: Change.CUT_OFF,
    missing: Change.MISSING,
    renumbered: Change.MISSING,
    rewritten: Change.REWRITTEN,
    text_only: Change.REWRITTEN,
    hash_only: Change.REWRITTEN,
}


@pytest.mark.parametrize("how", TAMPERED, ids=lambda how: how.__name__)
def test_a_case_that_was_tampered_with_is_always_found_and_no_other(
    kept: Kept, tmp_path: Path, how: Callable[..., None]
) -> None:
    original, earlier = kept
    assert [leaf.revision for leaf in earlier.leaves] == [3, 7, 1]
    for leaf in earlier.leaves:
        path = Path(shutil.copy(original, tmp_path / "tampered.db"))
        with closing(sqlite3.connect(path)) as connection, connection:
            how(connection, leaf)
        (one,) = found(path, earlier)
        assert (one.leaf, one.change) == (leaf, TAMPERED[how])
        for language in ("zh", "en"):
            assert leaf.case in one.text(language)
            assert str(leaf.revision) in one.text(language)
        path.unlink()


def test_a_store_forged_as_a_whole_verifies_but_does_not_hold(kept: Kept, tmp_path: Path) -> None:
    original, earlier = kept
    path = tmp_path / "forged.db"
    desk = numbered(path, facts="去年办结率居全市首位")
    with closing(desk.docket.store):
        done(desk, ACTS)
        for leaf in earlier.leaves:
            assert desk.docket.verify(leaf.case) == leaf.revision
    assert [(one.leaf, one.change) for one in found(path, earlier)] == [
        (leaf, Change.REWRITTEN) for leaf in earlier.leaves
    ]
    assert found(original, earlier) == []


def test_an_early_record_that_was_changed_breaks_the_chain_to_the_one_that_holds(kept: Kept, tmp_path: Path) -> None:
    """Both are needed: the checkpoint fixes the last record of then, verify what leads to it."""
    original, earlier = kept
    path = Path(shutil.copy(original, tmp_path / "tampered.db"))
    with closing(sqlite3.connect(path)) as connection, connection:
        rewritten(connection, Leaf("case-1", 2, HASH))
        connection.execute("UPDATE ysf_cases SET head = ? WHERE case_id = 'case-1'", (earlier.leaves[1].head,))
    assert found(path, earlier) == []
    with closing(SQLiteStore(path)) as store, pytest.raises(TamperedError, match="case case-1, record 2: "):
        Docket(store).verify("case-1")
