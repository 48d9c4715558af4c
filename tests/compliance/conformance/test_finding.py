"""What a finding says of itself: how grave it is, what it is known by, and both languages."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow import lifecycles
from yingshang_flow.compliance import Finding, Severity
from yingshang_flow.compliance.conformance.finding import severity_of
from yingshang_flow.words import BAN, DUTY, GUARD, LIMIT, Authority, Citation, Label, Rule, RuleKind, Source

DOCUMENT = Source("made-up", Label("虚构文件", "A made-up document"), Authority.DOCUMENT)
OURS = Source("ours", Label("本库约定", "Our own choice"), Authority.OURS)


def rule(*kinds: RuleKind, sources: tuple[Source, ...] = (DOCUMENT,)) -> Rule:
    """Return a rule of some kinds."""
    return Rule("X1", kinds, tuple(Citation(source, "1") for source in sources), Label("一条", "one"))


@pytest.mark.parametrize(
    ("kinds", "sources", "severity"),
    [
        ((LIMIT,), (DOCUMENT,), Severity.ORDINARY),
        ((DUTY,), (DOCUMENT, OURS), Severity.ORDINARY),
        ((GUARD,), (DOCUMENT,), Severity.GRAVE),
        ((LIMIT, BAN), (DOCUMENT,), Severity.GRAVE),
        ((BAN,), (OURS,), Severity.NOTE),
    ],
)
def test_how_grave_a_breach_is_follows_from_its_rule(
    kinds: tuple[RuleKind, ...], sources: tuple[Source, ...], severity: Severity
) -> None:
    assert severity_of(rule(*kinds, sources=sources)) is severity
    assert Finding.of(rule(*kinds, sources=sources), "c", Label("x", "x")).severity is severity


def test_a_finding_cites_its_rule_in_both_languages() -> None:
    y8 = next(rule for rule in lifecycles.interview("dalian-2018").rules if rule.id == "Y8")
    finding = Finding.of(y8, "c", y8.label)
    assert finding.cited("zh").startswith("《")
    assert finding.cited("en").endswith("6(4)")


@given(
    days_late=st.integers(0, 500),
    happened=st.dates(date(2018, 1, 1), date(2026, 1, 1)),
    due=st.dates(date(2018, 1, 1), date(2026, 1, 1)),
    revision=st.integers(1, 50),
)
def test_a_breach_is_known_again_however_late_it_is_by_then(
    days_late: int, happened: date, due: date, revision: int
) -> None:
    first = Finding("Y8", "c", Label("x", "x"), unit="甘井子区", place="report#1")
    later = attrs.evolve(first, days_late=days_late, happened=happened, due=due, revision=revision)
    assert later.fingerprint == first.fingerprint


@given(
    st.sampled_from(["code", "case", "unit", "place", "found"]),
    st.text(min_size=1, max_size=5),
)
def test_another_breach_has_another_fingerprint(field: str, value: str) -> None:
    first = Finding("Y8", "c", Label("x", "x"), unit="u", place="report#1", found="f")
    other = attrs.evolve(first, **{field: getattr(first, field) + value})
    assert other.fingerprint != first.fingerprint


def test_the_fingerprint_stays_from_release_to_release() -> None:
    assert Finding("Y8", "c", Label("x", "x"), unit="甘井子区", place="report#1").fingerprint == "c29610d90a9ad9c6"


def test_values_act_and_correction_are_told_in_both_languages() -> None:
    finding = Finding(
        "Y4",
        "c",
        Label("要求", "required"),
        "甲区",
        act=Label("约谈", "Hold"),
        mark=Label("（已更正）", " (corrected)"),
    )
    assert finding.text("zh") == "Y4 要求，甲区（约谈）（已更正）"
    assert finding.text("en") == "Y4 required, 甲区 (Hold) (corrected)"
    assert attrs.evolve(finding, found="").shown("en") == "Hold (corrected)"
    assert attrs.evolve(finding, act=None, mark=None).shown("en") == "甲区"
    marked = attrs.evolve(finding, found="", act=None, due=date(2018, 9, 19))
    assert marked.text("zh") == "Y4 要求，期限至2018-09-19，未办理（已更正）"
    assert marked.text("en") == "Y4 required, due 2018-09-19, not done (corrected)"
    assert marked.shown("en") == "(corrected)"
    assert Finding("Y4", "c", Label("要求", "required")).text("en") == "Y4 required"
    assert Severity.GRAVE.label.zh == "严重"


@given(
    finding=st.builds(
        Finding,
        st.just("Y4"),
        st.just("c"),
        st.just(Label("要求", "required")),
        found=st.sampled_from(["", "甲区"]),
        unit=st.sampled_from(["", "u"]),
        due=st.none() | st.just(date(2018, 9, 19)),
        happened=st.none() | st.just(date(2018, 9, 28)),
        days_late=st.none() | st.sampled_from([0, 1, 6]),
        act=st.none() | st.just(Label("约谈", "Hold")),
        mark=st.none() | st.just(Label("（已更正）", " (corrected)")),
    )
)
def test_whatever_a_finding_has_its_line_is_parted_once(finding: Finding) -> None:
    for line in (finding.text("en"), finding.shown("en"), finding.text("zh"), finding.shown("zh")):
        assert line == line.strip()
        assert not any(doubled in line for doubled in ("  ", ", (", "，（", "，，", ", ,"))
    assert finding.text("en").endswith(finding.shown("en"))
    assert finding.text("zh").endswith(finding.shown("zh"))
