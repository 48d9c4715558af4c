"""What every release has stored is read, verified and audited by this one, under the rules it was written under."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.releases.histories import FOLDER, STORIES, kept, read, write
from yingshang_flow import Docket, __version__, codec, lifecycles
from yingshang_flow.compliance import audit
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.record import Kind
from yingshang_flow.errors import TamperedError, UncountedError, UnknownFingerprintError
from yingshang_flow.lifecycles import Procedure, procedure
from yingshang_flow.testing.store_contract import find_all

FILES = [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in kept()]


@pytest.mark.parametrize("path", FILES)
def test_what_a_release_has_stored_is_read_verified_and_audited(path: Path) -> None:
    docket = Docket(read(path))
    rows = list(find_all(docket.store))
    assert rows
    docket.retally()  # of what was counted nothing is in the file
    for row in rows:
        lifecycle = docket.lifecycle(row.case)
        assert fingerprint(lifecycle) == row.fingerprint
        assert docket.verify(row.case) == row.revision
        assert codec.case_text(docket.load(row.case)) == row.text
        assert codec.skimmed(row.text, lifecycle).deadlines == docket.load(row.case).deadlines
        linked = {case.id: case for case in docket.find()}
        said = audit(
            docket.history(row.case),
            lifecycle,
            calendar=docket.calendar,
            linked=linked,
            earlier=docket.definitions(row.case),
        )
        assert said.irregular == ()


@pytest.mark.parametrize("path", FILES)
def test_a_case_of_a_release_goes_on(path: Path) -> None:
    docket = Docket(read(path))
    docket.retally()
    for row in find_all(docket.store):
        docket.sweep()  # what is owed under it ran out long ago
        assert docket.verify(row.case) == docket.load(row.case).revision >= row.revision
        assert not [d for d in docket.load(row.case).owed() if d.alarm is not None and d.alarm <= docket._now()]


@pytest.mark.parametrize("path", FILES)
def test_what_was_never_counted_of_it_is_told_as_such_also_when_it_goes_on(path: Path) -> None:
    docket = Docket(read(path))
    docket.sweep()
    uncounted = []
    for row in find_all(docket.store):
        try:
            docket.verify(row.case)
        except UncountedError as exc:
            uncounted.append(str(exc).split(":")[0].removeprefix("case "))
    assert docket.retally() == len(uncounted)
    assert [docket.verify(case) for case in uncounted] == [docket.load(case).revision for case in uncounted]


KEPT_SINCE_0_1 = {
    *("interview", "complaint", "rectification", "rectification_item"),
    *("service_review", "task", "accountability", "steward_request"),
}


def test_this_release_has_its_histories_with_every_kind_of_record_that_somebody_makes() -> None:
    stored = [json.loads(path.read_text(encoding="utf-8")) for path in (FOLDER / __version__).glob("*.json")]
    kinds = {record["kind"] for told in stored for case in told["cases"] for record in case["records"]}
    assert {case["row"]["lifecycle"] for told in stored for case in told["cases"]} >= KEPT_SINCE_0_1
    assert kinds >= {Kind.ACT, Kind.CORRECTION, Kind.ERASURE, Kind.MIGRATION}


def test_what_a_release_has_stored_is_never_written_again(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert [path.stem for path in written] == list(STORIES)
    before = [path.read_bytes() for path in written]
    written[0].unlink()
    assert write(tmp_path) == written[:1]
    assert write(tmp_path) == []
    assert [path.read_bytes() for path in written[1:]] == before[1:]


def raised(made: Procedure[Any]) -> Procedure[Any]:
    """Return a procedure of which only a later version is left."""
    return procedure(made.key, made.values, version=9)(made.build)


@pytest.mark.parametrize("path", FILES)
def test_a_definition_that_this_code_does_not_build_is_told(path: Path) -> None:
    store = read(path)
    row = next(find_all(store))
    changed = [raised(made) for made in lifecycles.SHIPPED.values()]
    with pytest.raises((UnknownFingerprintError, TamperedError)):
        Docket(store, lifecycles=changed).verify(row.case)
