"""The catalogue of sources."""

import re

import pytest

from yingshang_flow import sources
from yingshang_flow.sources import OURS, SOURCES
from yingshang_flow.words import Authority, Source


def test_every_source_of_the_module_is_in_the_catalogue_under_its_own_key() -> None:
    written = {value.key: value for value in vars(sources).values() if isinstance(value, Source)}
    assert dict(SOURCES) == written


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_source_has_a_stable_key_and_both_titles_without_book_marks(source: Source) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", source.key)
    assert source.title.zh.strip()
    assert source.title.en.strip()
    assert not set("《》") & set(source.title.zh)


def test_only_our_own_choice_is_ours() -> None:
    assert [source for source in SOURCES.values() if source.authority is Authority.OURS] == [OURS]


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        SOURCES["x"] = OURS  # type: ignore[index]
