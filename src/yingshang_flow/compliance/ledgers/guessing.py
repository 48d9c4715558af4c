"""Guesses from the headings of a table and the look of its first rows which mapping fits; a person looks at it."""

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import attrs

from yingshang_flow.compliance.ledgers.headings import together
from yingshang_flow.compliance.ledgers.mapping import MappedColumn, Mapping, column_text, quoted, shipped
from yingshang_flow.compliance.tables import Day, Table, Unreadable, listed, plain, read_day, text_of
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label, Language

_LOOKED_AT: Final = 50
_HEADINGS_WITHIN: Final = 10
_MOST_VALUES: Final = 12
_LONGEST_VALUE: Final = 30
_ENOUGH: Final = 0.8
_HALF: Final = 0.5
_SHORTEST: Final = 2

_TIME_WORDS: Final = re.compile(r"年月日|日期|时间|时刻|(?<!今)日$")
_SAME: Final = (
    (re.compile(r"接到|接收|接诉|接件|来件|收件"), "收到"),
    (re.compile(r"书面答复|回复"), "答复"),
    (re.compile(r"结案|办毕|完结|办理完成"), "办结"),
    (re.compile(r"交办|派单|分办|派发"), "转办"),
    (re.compile(r"工单编?号|案件编?号|案号|单号|流水号"), "编号"),
    (re.compile(r"部门|机构"), "单位"),
    (re.compile(r"情况|结论"), "结果"),
)
_VETO: Final = re.compile(
    r"不|未|非|被|拟|应|预计|计划|截止|到期|期限|时限|时长|天数|要求|是否|再次|原|超期|逾期|上级|下一|次数|人$|电话"
)
_SAYS_LITTLE: Final = frozenset({"是", "否", "其他"})


class Sureness(StrEnum):
    """How sure a guess is."""

    SURE = "sure"
    """The heading is one that is known."""
    LIKELY = "likely"
    """It means the same in other words, and nothing in the rows speaks against it."""
    MAYBE = "maybe"
    """Part of it is known; it has to be looked at."""


_RANK: Final = {Sureness.SURE: 3, Sureness.LIKELY: 2, Sureness.MAYBE: 1}
_SURENESS: Final = {
    Sureness.SURE: Label("确定", "sure"),
    Sureness.LIKELY: Label("很可能", "likely"),
    Sureness.MAYBE: Label("可能", "maybe"),
}


@attrs.frozen
class GuessedColumn:
    """What a heading may stand for.

    Attributes:
        place: Its place from 0.
        heading: The heading.
        key: The key of a mapping's column that it may be.
        sureness: How sure that is.
        why: Why.
        untold: Texts of the first rows that nothing says a code for.
        codes: The codes there are, where texts stand for codes.
    """

    place: int
    heading: str
    key: str
    sureness: Sureness
    why: Label
    untold: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@attrs.frozen
class Guess:
    """A mapping as it was guessed.

    Attributes:
        lifecycle: The key of the procedure.
        columns: What headings may stand for, in their order; no two the same.
        left: The headings that nothing is known of.
        missing: The keys of the columns that the procedure requires and no heading seems to be.
        sheet: The sheet, where the table has sheets.
        header: The lines of the headings, where it is not the first that is not blank.
        values: For columns by their key, what texts stand for that the procedure itself does not say.
    """

    lifecycle: str
    columns: tuple[GuessedColumn, ...]
    left: tuple[str, ...]
    missing: tuple[str, ...]
    sheet: str = ""
    header: tuple[int, ...] = ()
    values: Map[str, Map[str, str]] = attrs.field(factory=dict)

    @property
    def mapping(self) -> Mapping:
        """The mapping of what is sure or likely; what is only maybe so is left for a person to say."""
        taken = [self._mapped(one) for one in self.columns if one.sureness is not Sureness.MAYBE]
        return Mapping(self.lifecycle, taken, self.sheet or None, self.header)

    def text(self, language: Language = "zh") -> str:
        """Return the guess as a mapping in TOML, ready to be corrected: what is only maybe so is commented out."""
        zh = language == "zh"
        head = ("按表头猜测，请核对后保存使用。", "Guessed from the headings; look at it, correct it and save it.")
        lines = [f"# {head[0] if zh else head[1]}", *attrs.evolve(self.mapping, columns=()).head(), "", "[columns]"]
        for one in self.columns:
            mark = "# " if one.sureness is Sureness.MAYBE else ""
            lines.append(
                f"{mark}{column_text(self._mapped(one))}  # {_SURENESS[one.sureness].text(language)}"
                f"{'：' if zh else ': '}{_commented(one.why.text(language))}"
            )
            if one.untold:
                texts = ", ".join(f'{quoted(text)} = "?"' for text in one.untold)
                said = ("尚未翻译的值，请写入 values", "texts to be translated in values")[0 if zh else 1]
                lines.append(f"#   {said}: {{ {texts} }}; {', '.join(one.codes)}")
        if self.left:
            lines.append(f"# {'未用的列' if zh else 'not used'}: {_commented(listed(self.left))}")
        if self.missing:
            said = "缺少的必需列" if zh else "required, but under no heading"
            lines.append(f"# {said}: {', '.join(self.missing)}")
        return "\n".join((*lines, ""))

    def _mapped(self, one: GuessedColumn) -> MappedColumn:
        return MappedColumn(one.key, (one.heading,), self.values.get(one.key, {}))


def _commented(text: str) -> str:
    """Return a text as a comment may hold it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def guess(
    headings: Sequence[str],
    lifecycle: Lifecycle,
    rows: Sequence[Sequence[str]] = (),
    *,
    sheet: str = "",
    header: tuple[int, ...] = (),
) -> Guess:
    """Guess which heading stands for what a procedure asks for.

    Headings are compared in NFKC without blanks: with the names that are known, then without their words for time and
    with words that mean the same, then in part. What the first rows hold speaks for a guess or against it.

    Args:
        headings: The headings.
        lifecycle: The procedure.
        rows: The first rows below, as text.
        sheet: The sheet, where the table has sheets.
        header: The lines of the headings, where it is not the first that is not blank.
    """
    known = _candidates(lifecycle)
    looks = {
        place: _Look([row[place] for row in rows if place < len(row) and row[place]]) for place in range(len(headings))
    }
    found: list[tuple[int, int, int, GuessedColumn]] = []
    for place, heading in enumerate(headings):
        for number, one in enumerate(known):
            guessed = _compared(place, heading, one, looks[place])
            if guessed is not None:
                longest = max(map(len, one.names))
                found.append((_RANK[guessed.sureness], longest, -number, guessed))
    found.sort(key=lambda item: item[:3], reverse=True)
    taken: dict[str, GuessedColumn] = {}
    places: dict[int, Sureness] = {}
    for _, _, _, guessed in found:
        shared = places.get(guessed.place)
        if guessed.key not in taken and (shared is None or shared is guessed.sureness is Sureness.SURE):
            taken[guessed.key] = guessed
            places[guessed.place] = guessed.sureness
    by_key = {one.key: one for one in known}
    return Guess(
        lifecycle.key,
        tuple(sorted(taken.values(), key=lambda one: one.place)),
        tuple(heading for place, heading in enumerate(headings) if heading and place not in places),
        tuple(one.key for one in known if one.column.required and one.key not in taken),
        sheet,
        header,
        {key: extra for key in taken if (extra := _extra(by_key[key], looks[taken[key].place]))},
    )


def guess_table(table: Table, lifecycle: Lifecycle) -> Guess:
    """Guess the mapping of a table: which of its first lines holds the headings, and what they stand for.

    Args:
        table: The table; its first rows are read.
        lifecycle: The procedure.

    Raises:
        LedgerError: The table cannot be read.
    """
    rows: list[tuple[int, tuple[str, ...]]] = []
    for line, cells in table.rows:
        if not isinstance(cells, Unreadable) and any(cells):
            rows.append((line, tuple(map(text_of, cells))))
        if len(rows) == _LOOKED_AT:
            break
    if table.headings is not None:
        return guess(table.headings, lifecycle, [cells for _, cells in rows])
    best: tuple[tuple[int, int], Guess] | None = None
    for number in range(min(len(rows), _HEADINGS_WITHIN)):
        for lines in ((number,), (number, number + 1)):
            if lines[-1] >= len(rows):
                continue
            headings = rows[number][1] if len(lines) == 1 else together(rows[number][1], rows[number + 1][1])
            below = [cells for _, cells in rows[lines[-1] + 1 :]]
            header = () if lines == (0,) else tuple(rows[line][0] for line in lines)
            found = guess(headings, lifecycle, below, sheet=table.sheet, header=header)
            weight = sum(_RANK[one.sureness] for one in found.columns), -len(lines)
            if best is None or weight > best[0]:
                best = weight, found
    return guess((), lifecycle, sheet=table.sheet) if best is None else best[1]


@attrs.frozen
class _Candidate:
    """A column that a heading may stand for: its key in a mapping, its names, and what it is."""

    key: str
    names: tuple[str, ...]
    column: Column
    values: Map[str, str]

    @property
    def is_date(self) -> bool:
        return bool(self.column.trigger) and not self.column.field


@attrs.frozen
class _Look:
    """What the first rows hold under a heading."""

    texts: list[str]

    @property
    def days(self) -> float:
        """How many of them are dates, from 0 to 1; none where nothing is there."""
        if not self.texts:
            return 0.0
        return sum(isinstance(read_day(text), Day) for text in self.texts) / len(self.texts)


def _candidates(lifecycle: Lifecycle) -> list[_Candidate]:
    """Return what may be looked for: the procedure's own columns under all the names that are known."""
    names: dict[str, list[str]] = {column.name: [column.name, *column.aliases] for column in lifecycle.ledger}
    columns: dict[str, Column] = {column.name: column for column in lifecycle.ledger}
    values: dict[str, Map[str, str]] = {}
    if lifecycle.key in shipped():
        mapping = Mapping.shipped(lifecycle)
        for mapped, one in zip(mapping.columns, mapping.expected(lifecycle), strict=True):
            if mapped.headings:
                names.setdefault(mapped.key, []).extend(mapped.headings)
                columns[mapped.key] = one.column
                values[mapped.key] = mapped.values
    if not columns:
        for trigger in lifecycle.triggers:
            names[trigger.key] = [f"{trigger.label.zh}日期"]
            columns[trigger.key] = Column(trigger.key, trigger.key)
        names["reference"] = ["编号"]
        columns["reference"] = Column("reference", "", "reference")
    return [
        _Candidate(key, tuple(dict.fromkeys(map(plain, names[key]))), column, values.get(key, {}))
        for key, column in columns.items()
    ]


def _compared(place: int, heading: str, one: _Candidate, look: _Look) -> GuessedColumn | None:
    """Compare a heading with a column; none where they have nothing to do with each other."""
    text = plain(heading)
    if not text:
        return None
    found = _alike(text, one) or _spoken(look, one)
    if found is None:
        return None
    sureness, why = found
    if look.texts and sureness is not Sureness.SURE:
        days = look.days
        if one.is_date and days < _HALF:
            return None
        if not one.is_date and days >= _ENOUGH:
            return None
        if sureness is Sureness.MAYBE and one.is_date and days >= _ENOUGH:
            sureness = Sureness.LIKELY
            why = Label(f"{why.zh}，且内容是日期", f"{why.en}, and the cells hold dates")
    elif look.texts and one.is_date and look.days < _HALF:
        why = Label(f"{why.zh}，但内容多不是日期", f"{why.en}, but most cells hold no date")
    values = one.column.values
    untold: tuple[str, ...] = ()
    if values and look.texts:
        untold = tuple(dict.fromkeys(text[:_LONGEST_VALUE] for text in look.texts if text not in values))[:_MOST_VALUES]
    return GuessedColumn(place, heading, one.key, sureness, why, untold, tuple(dict.fromkeys(values.values())))


def _spoken(look: _Look, one: _Candidate) -> tuple[Sureness, Label] | None:
    """Tell whether the texts under a heading are those of a column, if they say more than yes or no."""
    texts = set(look.texts) - _SAYS_LITTLE
    known = sum(text in one.column.values for text in texts)
    if len(texts) >= _SHORTEST and known >= _ENOUGH * len(texts):
        return Sureness.MAYBE, Label("内容与该列的值相符", "its texts are those of this column")
    return None


def _alike(text: str, one: _Candidate) -> tuple[Sureness, Label] | None:
    if text in one.names:
        return Sureness.SURE, Label("表头相符", "the heading is known")
    core = _core(text, is_date=one.is_date)
    best: tuple[Sureness, Label] | None = None
    for name in one.names:
        other = _core(name, is_date=one.is_date)
        if len(core) < _SHORTEST or len(other) < _SHORTEST or _vetoed(core, other):
            continue
        if core == other:
            return Sureness.LIKELY, Label(f"与“{name}”同义", f"it means the same as {name}")
        short, long = sorted((core, other), key=len)
        # What a date is of stands last: 投诉人回访日期 is of the call, not of the complaint.
        if long.endswith(short) if one.is_date else short in long:
            best = best or (Sureness.MAYBE, Label(f"与“{name}”部分相同", f"part of it is as in {name}"))
    return best


def _core(text: str, *, is_date: bool) -> str:
    """Return what a heading is about: words that mean the same as one, and of a date without the words for time."""
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    return _TIME_WORDS.sub("", text) if is_date else text


def _vetoed(one: str, other: str) -> bool:
    """Tell whether one of two headings says a word that turns it into something else."""
    return set(_VETO.findall(one)) != set(_VETO.findall(other))


def _extra(one: _Candidate, look: _Look) -> dict[str, str]:
    """Return what texts stand for besides what the procedure says, where the first rows hold such texts."""
    return dict(one.values) if any(text in one.values for text in look.texts) else {}
