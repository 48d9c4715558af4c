"""An assessment as a circular 通报, in Markdown: the ranking, what it was made by, and who was not ranked and why."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final, Literal

from yingshang_flow.compliance.assessment.indicator import Indicator
from yingshang_flow.compliance.assessment.scoring import Assessment, Rate, Standing
from yingshang_flow.words import Label

Language = Literal["zh", "en"]

TITLE: Final = Label("营商环境考核通报", "Assessment circular")
PLACE: Final = Label("位次", "Place")
UNIT: Final = Label("单位", "Unit")
TOTAL: Final = Label("综合标准分", "Total score")
BEFORE: Final = Label("上期位次", "Place before")
METHOD: Final = Label("考核办法", "Method")
RANKING: Final = Label("排名", "Ranking")
UNRANKED: Final = Label("未参加排名的单位", "Not ranked")
RATE: Final = Label("比率", "Rate")
COUNTS: Final = Label("计数", "Counts")
NUMERATOR: Final = Label("分子", "Numerator")
DENOMINATOR: Final = Label("分母", "Denominator")
WHY: Final = Label("原因", "Why")
SCORE: Final = Label("标准分", "Score")
CHANGE: Final = Label("较上期（百分点）", "Change (percentage points)")
NONE: Final = "—"

_SPECIAL: Final = re.compile(r"([\\`*\[\]<>|~]|(?<!\w)_|_(?!\w))")
_BLANKS: Final = re.compile(r"\s+")


def circular(assessment: Assessment, *, lang: Language = "zh") -> str:
    """Return an assessment as Markdown; of persons or cases nothing is in it.

    Args:
        assessment: The assessment.
        lang: ``zh`` or ``en``.
    """
    say = _saying(lang)
    parts = [f"# {say(TITLE)}{'：' if lang == 'zh' else ': '}{say(assessment.span.label)}"]
    parts.append("\n".join(f"- {_plain(say(line))}" for line in method(assessment)))
    parts.append(f"## {say(RANKING)}")
    parts.append(_table(*_ranking(assessment, say)) if assessment.ranked else say(_NOBODY))
    if assessment.unranked:
        parts.append(f"## {say(UNRANKED)}")
        reasons = ((_plain(one.unit), say(why_unranked(assessment, one))) for one in assessment.unranked)
        parts.append("\n".join(f"- {unit}{say(_COLON)}{why}" for unit, why in reasons))
    for number, indicator in enumerate(assessment.indicators):
        parts.append(f"## {say(indicator.label)}")
        some = any(one.rates[number].denominator for one in (*assessment.ranked, *assessment.unranked))
        parts.append(_table(*_details(assessment, number, say)) if some else say(_NOTHING))
    return "\n\n".join(parts) + "\n"


_COLON: Final = Label("：", ": ")
_NOTHING: Final = Label("本期没有可计的数。", "Nothing was counted for it in this period.")
_NOBODY: Final = Label("没有可以排名的单位。", "There is no unit that could be ranked.")


def method(assessment: Assessment) -> Iterator[Label]:
    """Yield how an assessment was made, a line each."""
    span, before = assessment.span, assessment.before
    yield Label(
        f"考核期间：{span.first}至{span.last}；计数截至{assessment.counted_to}",
        f"Period: {span.first} to {span.last}; counted up to {assessment.counted_to}",
    )
    if assessment.counted_to < span.last:
        yield Label(
            "期间尚未结束，与上期整期相比仅供参考", "The period runs still; compare it with a whole one with care"
        )
    if before is not None:
        yield Label(f"上期：{before.label.zh}", f"The period before: {before.label.en}")
    for place, units in ties(assessment):
        yield Label(f"并列第{place}：{'、'.join(units)}", f"Tied at place {place}: {', '.join(units)}")
    for one in assessment.indicators:
        yield _of(one)
    yield Label(
        "比率以分数精确计算；标准分 = 50 + 10 ×（比率 − 平均数）÷ 总体标准差，以计分单位为总体，指标以低为优的取反号，"
        "标准差为零的均为50分",
        "Rates are exact fractions; standard score = 50 + 10 × (rate − mean) ÷ population standard deviation of the"
        " units scored, the sign turned where lower is better; without deviation everybody has 50",
    )
    yield Label(
        "综合标准分为各项标准分的加权平均，四舍六入至百分位后排名；同分同位，其后位次空出（1、2、2、4）",
        "The total is the weighted mean of a unit's scores, ranked as rounded to hundredths; equal totals share a"
        " place, and the places after them are left out (1, 2, 2, 4)",
    )
    yield Label(
        "投诉、台账条目按立案日期计入期间，按现时状态和现时承办单位计数；期限按到期日计入期间",
        "Complaints and items count in the period in which they were opened, as they stand now and for the unit in"
        " whose hands they are now; deadlines count in the period in which they are due",
    )
    yield Label(
        "指标、权重和排名方法为本系统或本单位设定，所引文件未作规定",
        "Indicators, weights and ranking are set by this library or its user; the documents set none",
    )


def ties(assessment: Assessment) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each place that several units share, with their names."""
    for place in dict.fromkeys(one.place for one in assessment.ranked if one.tied and one.place is not None):
        yield place, tuple(one.unit for one in assessment.ranked if one.place == place)


def why_unranked(assessment: Assessment, standing: Standing) -> Label:
    """Return why a unit has no place: on no indicator there was enough to score it by."""
    pairs = zip(assessment.indicators, standing.rates, strict=True)
    few = [(one, rate) for one, rate in pairs if rate.denominator]
    if not few:
        return Label("各项指标分母均为零", "every denominator is 0")
    return Label(
        "；".join(f"{one.label.zh}分母{rate.denominator}，不足{one.at_least}" for one, rate in few),
        "; ".join(f"denominator of {one.label.en} {rate.denominator}, fewer than {one.at_least}" for one, rate in few),
    )


def percent(value: Fraction | None, *, signed: bool = False) -> str:
    """Return a rate in hundredths with one decimal, or a dash for none; the rate itself stays exact."""
    if value is None:
        return NONE
    return f"{float(round(value * 100, 1)):{'+' if signed else ''}.1f}" + ("" if signed else "%")


def _of(indicator: Indicator) -> Label:
    means = indicator.means
    rate = " ÷ ".join(_added_up(measures) for measures in (indicator.numerator, indicator.denominator))
    way = Label("以高为优", "higher is better") if indicator.higher_is_better else Label("以低为优", "lower is better")
    return Label(
        f"{indicator.label.zh}：{f'{means.zh}，' if means else ''}{way.zh}，权重{indicator.weight}，"
        f"分母不足{indicator.at_least}的不计分（{rate}）",
        f"{indicator.label.en}: {f'{means.en}, ' if means else ''}{way.en}, weight {indicator.weight},"
        f" not scored where the denominator is below {indicator.at_least} ({rate})",
    )


def _added_up(measures: Sequence[str]) -> str:
    return measures[0] if len(measures) == 1 else f"({' + '.join(measures)})"


def _saying(lang: Language) -> Callable[[Label], str]:
    return lambda label: label.zh if lang == "zh" else label.en


def place_of(standing: Standing) -> Label:
    """Return a place as it is told, with a word where it is shared."""
    if standing.place is None:
        return Label(NONE, NONE)
    shared = Label("（并列）", " (tied)") if standing.tied else Label("", "")
    return Label(f"{standing.place}{shared.zh}", f"{standing.place}{shared.en}")


def _ranking(assessment: Assessment, say: Callable[[Label], str]) -> tuple[list[str], list[list[str]]]:
    head = [say(PLACE), say(UNIT), say(TOTAL), say(BEFORE), *(say(one.label) for one in assessment.indicators)]
    rows = [
        [
            say(place_of(one)),
            _plain(one.unit),
            score(one.total),
            NONE if one.before is None else str(one.before),
            *(percent(rate.value) for rate in one.rates),
        ]
        for one in assessment.ranked
    ]
    return head, rows


def _details(assessment: Assessment, number: int, say: Callable[[Label], str]) -> tuple[list[str], list[list[str]]]:
    head = [say(UNIT), say(COUNTS), say(RATE), say(SCORE), say(CHANGE)]
    found = ((one, one.rates[number]) for one in (*assessment.ranked, *assessment.unranked))
    return head, [[_plain(one.unit), *detail(rate)] for one, rate in found]


def detail(rate: Rate) -> tuple[str, str, str, str]:
    """Return a rate in four texts: counts, rate, score and change."""
    counts = f"{rate.numerator}/{rate.denominator}"
    return counts, percent(rate.value), score(rate.score), percent(rate.change, signed=True)


def score(value: float | None) -> str:
    """Return a score as it is told."""
    return NONE if value is None else f"{value:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """Return a name so that Markdown shows it as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", _BLANKS.sub(" ", text))
