"""Rows to try a store with: plain ones, awkward ones, and some that interrupt whoever writes them."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import attrs

from yingshang_flow.ports import (
    CaseRow,
    Claim,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Expectation,
    MessageRow,
    Query,
    RecordRow,
    TallyRow,
    VaultRow,
)

AWKWARD: Final = {
    "Chinese": "鲅鱼圈区营商环境建设局（投诉受理）",
    "four bytes": "𠮷野家🀄👩\u200d👩\u200d👧",
    "quotes": "'single' \"double\" `tick` \\back\\",
    "SQL": "'; DROP TABLE ysf_cases; --",
    "wildcards": "100%_?:name$1{}",
    "trailing blanks": "blank  ",
    "leading blanks": "  blank",
    "line ends": "a\r\nb\tc\n",
    "composed accent": "caf\u00e9",
    "decomposed accent": "cafe\u0301",
    "control characters": "\x01\x1f\x7f\x85",
    "no-break and zero width": "a\u00a0b\u200bc\ufeff",
    "right to left": "\u202eabc\u202c שלום",
    "looks like a number": "0012",
    "looks like null": "NULL",
}
"""Texts that stores have changed, cut, merged or executed, by what is awkward about them."""

TWINS: Final = {
    "case": ("key", "KEY"),
    "trailing blank": ("key", "key "),
    "accent": ("resume", "résumé"),
    "composition": ("caf\u00e9", "cafe\u0301"),
    "width": ("ABC", "ＡＢＣ"),
    "sharp s": ("strasse", "straße"),
    "Kelvin sign": ("K", "\u212a"),
    "zero width": ("ab", "a\u200bb"),
    "number": ("1", "01"),
    "four bytes": ("𠮷", "𠮶"),
}
"""Pairs that some collation takes for the same."""


def a_commit(
    case: str,
    revision: int = 1,
    *,
    state: str = "received",
    key: str | None = None,
    lifecycle: str = "complaint",
    final: bool = False,
    reference: str | None = None,
    parent: str | None = None,
    origin: str | None = None,
    units: tuple[str, ...] = (),
    text: str | None = None,
    deadlines: tuple[DeadlineRow, ...] | None = (),
    vault: tuple[VaultRow, ...] = (),
    definition: DefinitionRow | None = None,
    expects: tuple[Expectation, ...] = (),
    messages: tuple[MessageRow, ...] = (),
    erases: tuple[str, ...] = (),
    claim: Claim | None = None,
    tallies: tuple[TallyRow, ...] = (),
) -> Commit:
    """Return a commit whose record, snapshot and hash all come from its case and revision."""
    text = f"{case} 第{revision}步" if text is None else text
    head = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    record = RecordRow(case, revision, "act", key, 1_700_000_000_000_000 + revision, text, head)
    fingerprint = "a fingerprint" if definition is None else definition.fingerprint
    row = CaseRow(
        case, revision, lifecycle, fingerprint, state, final, reference, parent, origin, units, head, f"after {text}"
    )
    return Commit(record, row, deadlines, vault, definition, expects, messages, erases, claim, tallies)


def a_deadline(
    case: str,
    alarm: int | None,
    *,
    limit: str = "answer",
    obligor: str = "",
    number: int = 1,
    status: str = "running",
    due: str = "2026-01-09",
    owed: bool = True,
) -> DeadlineRow:
    """Return a deadline with an alarm at some microsecond, or with none."""
    return DeadlineRow(case, limit, obligor, number, status, due, owed, alarm)


def a_vault_row(case: str, commitment: str) -> VaultRow:
    """Return a confidential value."""
    return VaultRow(commitment, case, f"salt of {commitment}", f"“{commitment}”")


def a_message(
    case: str, revision: int = 1, number: int = 1, *, recorded_at: int | None = None, topic: str = "act"
) -> MessageRow:
    """Return a message, recorded with its revision unless said otherwise."""
    recorded_at = 1_700_000_000_000_000 + revision if recorded_at is None else recorded_at
    return MessageRow(case, revision, number, topic, recorded_at, f"{case} 第{revision}步 第{number}件")


def a_tally(
    case: str,
    revision: int = 1,
    *,
    measure: str = "complaint.received",
    unit: str = "丙局",
    day: str = "2018-10-08",
    count: int = 1,
) -> TallyRow:
    """Return what a record adds to what is counted."""
    return TallyRow(case, revision, measure, unit, day, count)


def spoilt(commit: Commit, part: str, text: str) -> Commit:
    """Return a commit with one text replaced, in the last row of its part."""
    match part:
        case "the record":
            return attrs.evolve(commit, record=attrs.evolve(commit.record, text=text))
        case "the snapshot":
            return attrs.evolve(commit, case=attrs.evolve(commit.case, text=text))
        case "a deadline":
            *others, last = commit.deadlines or ()
            return attrs.evolve(commit, deadlines=(*others, attrs.evolve(last, status=text)))
        case "a vault row":
            row = attrs.evolve(commit.vault[-1], text=text)
            return attrs.evolve(commit, vault=(*commit.vault[:-1], row))
        case _:
            assert commit.definition is not None  # noqa: S101 - the caller gives one that has it
            return attrs.evolve(commit, definition=attrs.evolve(commit.definition, text=text))


def of_one_text(text: str) -> Commit:
    """Return a commit with a text in every column that holds any."""
    return Commit(
        RecordRow(text, 1, text, text, 1, text, text),
        CaseRow(text, 1, text, text, text, False, text, text, text, (text, f"{text[1:]}2"), text, text),  # noqa: FBT003  # columns
        (DeadlineRow(text, text, text, 1, text, "2026-01-09", True, 7),),  # noqa: FBT003  # columns
        (VaultRow(text, text, text, text),),
        DefinitionRow(text, text, 1, text, text),
    )


def by_each_column(text: str) -> list[Query]:
    """Return a query for a text by each column that a case is found by."""
    return [
        Query(lifecycle=text),
        Query(state=text),
        Query(unit=text),
        Query(reference=text),
        Query(parent=text),
        Query(origin=text),
    ]


def a_name_of(size: int, seed: int = 0) -> str:
    """Return a text of so many bytes that no compression shortens: databases compress what they index."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    characters = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(size // 3))
    return characters + "".join(chance.choice("0123456789abcdef") for _ in range(size % 3))


def telling(case: str, revision: int) -> Commit:
    """Return a commit each of whose rows tells its revision, with one to three deadlines."""
    deadlines = tuple(
        a_deadline(case, 1, number=number, status=f"as of {revision}") for number in range(1, revision % 3 + 2)
    )
    vault = (a_vault_row(case, f"{revision:04}"),)
    return a_commit(case, revision, state=f"state {revision % 2}", deadlines=deadlines, vault=vault)


class Interrupted(BaseException):
    """What no store expects: a KeyboardInterrupt, say."""


class _Watched(tuple[object, ...]):
    """Rows that count how often somebody goes through them, and interrupt whoever does so for the n-th time."""

    __slots__ = ()
    passes = 0
    last = 0

    def __iter__(self) -> Iterator[object]:
        yield from super().__iter__()
        type(self).passes += 1
        if type(self).passes == type(self).last:
            raise Interrupted


def interrupting(commit: Commit, rows: str, time: int) -> Commit:
    """Return a commit that interrupts its store when it goes through some of its rows for the n-th time.

    Args:
        commit: The commit.
        rows: The name of an attribute of it that is a tuple.
        time: The n.
    """
    made = type("Interrupting", (_Watched,), {"last": time})
    return attrs.evolve(commit, **{rows: made(getattr(commit, rows))})


def watched(commit: Commit, names: Iterable[str]) -> tuple[Commit, Callable[[], Counter[str]]]:
    """Return a commit that counts how often its store goes through its rows, and what tells the counts.

    Args:
        commit: The commit.
        names: The names of those of its attributes that are tuples of rows; empty ones are not counted.
    """
    made = {name: type("Watched", (_Watched,), {})(getattr(commit, name)) for name in names if getattr(commit, name)}
    return attrs.evolve(commit, **made), lambda: Counter({name: type(rows).passes for name, rows in made.items()})
