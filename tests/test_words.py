"""The words: how labels, citations, rules and refusals read in both languages."""

from datetime import date

import pytest

from yingshang_flow.sources import DALIAN_INTERVIEW, DALIAN_OPINION, OURS
from yingshang_flow.words import (
    BAN,
    DUTY,
    GROUND,
    GUARD,
    LIMIT,
    PROPERTY,
    Authority,
    Citation,
    Cited,
    Label,
    Rule,
    Source,
    Unmet,
    cited_in,
)

A = Label("甲", "a")
LAW = Source("law", Label("某法", "Some Law"), Authority.STATUTE, "第1号", date(2020, 1, 2))
BARE = Source("bare", Label("某文", "Some paper"), Authority.DOCUMENT)


def test_a_label_reads_in_either_language_and_in_both() -> None:
    assert (A.text(), A.text("zh"), A.text("en"), str(A)) == ("甲", "甲", "a", "甲 a")


@pytest.mark.parametrize(
    ("citation", "zh", "en", "short"),
    [
        (LAW("6"), "《某法》（第1号）第6条", "Some Law, 6", "law 6"),
        (LAW("6(4)"), "《某法》（第1号）第6条(4)", "Some Law, 6(4)", "law 6(4)"),
        (LAW("三(五)"), "《某法》（第1号）三(五)", "Some Law, 三(五)", "law 三(五)"),
        (LAW("201–203"), "《某法》（第1号）201–203", "Some Law, 201–203", "law 201–203"),
        (LAW(), "《某法》（第1号）", "Some Law", "law"),
        (BARE("十一"), "《某文》十一", "Some paper, 十一", "bare 十一"),
        (BARE(), "《某文》", "Some paper", "bare"),
        (OURS("Y8"), "本库自定（Y8）", "our own choice（Y8）", "ours Y8"),
        (OURS(), "本库自定", "our own choice", "ours"),
    ],
)
def test_a_citation_reads_as_in_a_document_of_its_language(citation: Citation, zh: str, en: str, short: str) -> None:
    assert (citation.text(), citation.text("zh"), citation.text("en"), str(citation)) == (zh, zh, en, short)


def test_a_citation_binds_as_far_as_its_source() -> None:
    assert [source().authority for source in (LAW, BARE, OURS)] == [
        Authority.STATUTE,
        Authority.DOCUMENT,
        Authority.OURS,
    ]


def test_a_shipped_document_is_cited_with_its_number() -> None:
    assert DALIAN_INTERVIEW("6(4)").text() == "《大连市营商环境建设工作约谈制度》（大政办发〔2018〕174号）第6条(4)"


def test_what_is_ours_is_never_written_like_a_law() -> None:
    for language in ("zh", "en"):
        assert "《" not in OURS("x").text(language)


def test_a_rule_takes_one_or_several_kinds_and_citations() -> None:
    one = Rule("Y1", GUARD, LAW("1"), A)
    assert one == Rule("Y1", [GUARD], [LAW("1")], A)
    assert (one.kinds, one.citations, str(one)) == ((GUARD,), (LAW("1"),), "Y1 甲 a")
    assert Rule("Y1", (GUARD, DUTY), (LAW("1"), BARE("2")), A).citations == (LAW("1"), BARE("2"))


def test_the_short_names_of_the_kinds_are_those_of_the_kinds() -> None:
    assert [kind.name for kind in (GUARD, LIMIT, DUTY, BAN, GROUND, PROPERTY)] == [
        *("GUARD", "LIMIT", "DUTY", "BAN", "GROUND", "PROPERTY"),
    ]


def test_a_cited_value_compares_by_value_and_citation() -> None:
    assert Cited(7, LAW("1")) == Cited(7, LAW("1")) != Cited(7, LAW("2"))


@pytest.mark.parametrize(
    ("unmet", "zh", "en", "short"),
    [
        (Unmet("state", A), "state 甲", "state a", "state 甲 a"),
        (Unmet("Y1", A, (), ("x", "y")), "Y1 甲 (x, y)", "Y1 a (x, y)", "Y1 甲 a (x, y)"),
        (
            Unmet("Y1", A, (BARE("2"), OURS("Y1")), ("x",)),
            "Y1 甲 (x) [《某文》第2条；本库自定（Y1）]",
            "Y1 a (x) [Some paper, 2; our own choice（Y1）]",
            "Y1 甲 a (x) [bare 2; ours Y1]",
        ),
    ],
)
def test_what_is_unmet_reads_with_what_was_found_and_its_citations(unmet: Unmet, zh: str, en: str, short: str) -> None:
    assert (unmet.text(), unmet.text("en"), str(unmet)) == (zh, en, short)


@pytest.mark.parametrize(
    ("citations", "zh", "en"),
    [
        ((), "", ""),
        ((LAW("6"),), "《某法》（第1号）第6条", "Some Law, 6"),
        (
            (LAW("6"), BARE("1"), LAW("7(1)")),
            "《某法》（第1号）第6条、第7条(1)；《某文》第1条",
            "Some Law, 6, 7(1); Some paper, 1",
        ),
        ((OURS("Y1"), OURS("Y2")), "本库自定（Y1）、（Y2）", "our own choice（Y1）, （Y2）"),
    ],
)
def test_citations_in_one_line_name_each_source_once(citations: tuple[Citation, ...], zh: str, en: str) -> None:
    assert (cited_in(citations), cited_in(citations, "en")) == (zh, en)


def test_calling_a_source_cites_it() -> None:
    assert DALIAN_OPINION("十一") == Citation(DALIAN_OPINION, "十一")
    assert DALIAN_OPINION() == Citation(DALIAN_OPINION)
