"""A function in a definition changes its meaning only with a new edition."""

import inspect
from pathlib import Path

import pytest

from tests.lifecycles import editions


def one(view: int) -> bool:
    """Say one thing."""
    return view > helper(1)


def helper(value: int) -> int:
    return value + 1


def test_no_function_of_a_shipped_definition_changed_without_a_new_edition() -> None:
    assert editions.problems(editions.read(), editions.current()) == []


def test_every_kind_of_function_is_locked() -> None:
    named = " ".join(editions.read())
    for function in ("other_ground_in_words", "subjects_of", "says_where_it_comes_from", "second_interviews"):
        assert f"yingshang_flow.lifecycles.interview.{function}@1" in named


def test_what_a_function_says_is_neither_its_docstring_nor_its_comments_nor_its_annotations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = editions.digest(one)
    said = "def one(view):\n    # explained\n    return view > helper(1)\n"
    source = inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda f: said if f is one else source(f))
    assert editions.digest(one) == before


def test_a_change_of_a_function_or_of_its_helper_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    before = editions.digest(one)
    source = inspect.getsource
    for changed in (one, helper):
        monkeypatch.setattr(
            inspect,
            "getsource",
            lambda f, changed=changed: source(f).replace("1", "2") if f is changed else source(f),
        )
        assert editions.digest(one) != before


def test_a_change_is_told_with_the_way_out() -> None:
    (told,) = editions.problems({"m.f@1": "a", "m.g@1": "b"}, {"m.f@1": "A", "m.g@1": "b"})
    assert told.startswith("m.f@1 changed without a new edition. If the meaning changed, raise edition=")
    assert "python -m tests.lifecycles.editions" in told
    (told,) = editions.problems({"m.f@1": "a"}, {"m.f@2": "A"})
    assert told.startswith("m.f@1, m.f@2: new or gone")


def test_the_lock_is_updated_by_hand_and_changes_only_when_said_to_be_tidied(tmp_path: Path) -> None:
    path = tmp_path / "editions.lock"
    assert editions.update(tidied=False, path=path).endswith("functions locked in editions.lock")
    assert editions.problems(editions.read(path), editions.current()) == []
    text = path.read_text(encoding="utf-8")
    name = next(iter(editions.current()))
    path.write_text(text.replace(editions.current()[name], "0" * 64), encoding="utf-8")
    with pytest.raises(SystemExit, match="changed without a new edition"):
        editions.update(tidied=False, path=path)
    editions.update(tidied=True, path=path)
    assert path.read_text(encoding="utf-8") == text
