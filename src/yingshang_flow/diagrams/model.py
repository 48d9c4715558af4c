"""What every picture of a lifecycle shows, extracted once, in one language, for renderers to write."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal, get_args
from unicodedata import category

import attrs

from yingshang_flow.core.amend import effective
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.limit import FromContent, TimeLimit, signalled
from yingshang_flow.core.migration import Migration, with_states_of_now
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.deadlines import Period, Series
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Cited, Label, Language

EffectKind = Literal["meets", "stops", "extends", "revives", "starts"]
Mark = Literal["", "added", "removed", "changed"]
Course = Literal["down", "right"]


@attrs.frozen
class Sign:
    """What a mark means, for the legend.

    Attributes:
        mark: The mark.
        text: The word for it.
    """

    mark: Mark
    text: str


@attrs.frozen
class LimitNote:
    """What a picture says of a time limit.

    Attributes:
        key: The key of the limit.
        label: What is owed.
        period: How long it runs, for example ``7工作日``.
        each: Who owes it each for themselves; empty when the case owes it once.
        citations: Where the period stands, else where the limit does.
        text: All of it in one line.
        mark: How it differs from the lifecycle it is compared with.
    """

    key: str
    label: str
    period: str
    each: str
    citations: tuple[str, ...]
    text: str
    mark: Mark = ""


@attrs.frozen
class Effect:
    """What doing something does to a time limit.

    Attributes:
        kind: Whether it meets the limit, stops it unmet, extends it, makes it owed again or starts it.
        limit: The key of the limit.
        text: It in a few words, for example ``起算 书面整改报告：7工作日``.
    """

    kind: EffectKind
    limit: str
    text: str


@attrs.frozen
class Edge:
    """One way from a state to another or back to itself: every row of the same source, trigger and target.

    Attributes:
        source: The key of the state it leads from; empty for an opening.
        target: The key of the state it leads to.
        trigger: The key of the trigger.
        label: What people call the trigger.
        roles: Who may do it, of all rows together.
        condition: What chooses it; empty where its rows together leave no other way.
        effects: What it does to time limits.
        taken: How often the case took it.
        outside: Whether only the history has it and the procedure does not.
        mark: How it differs from the lifecycle it is compared with.
        asks: What it asks for more (``+``) and no more (``-``) than there.
    """

    source: str
    target: str
    trigger: str
    label: str
    roles: tuple[str, ...] = ()
    condition: str = ""
    effects: tuple[Effect, ...] = ()
    taken: int = 0
    outside: bool = False
    mark: Mark = ""
    asks: tuple[str, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether it leaves the case in the state it is in."""
        return self.source == self.target


@attrs.frozen
class Node:
    """One state.

    Attributes:
        key: The key of the state.
        label: What people call it.
        initial: Whether a case can be opened in it.
        final: Whether the case counts as ended.
        current: Whether the case is in it now.
        visited: Whether the case has come into it, now or before.
        outside: Whether only the history has it and the procedure does not.
        stays: What can be done in it that leaves the case there.
        mark: How it differs from the lifecycle it is compared with.
    """

    key: str
    label: str
    initial: bool = False
    final: bool = False
    current: bool = False
    visited: bool = False
    outside: bool = False
    stays: tuple[Edge, ...] = ()
    mark: Mark = ""


@attrs.frozen
class Diagram:
    """A lifecycle as a picture; every text is one line in one language, never empty, without control characters.

    Attributes:
        key: The key of the lifecycle.
        profile: The key of the profile; empty when it has none.
        language: The language of the texts.
        title: What people call the lifecycle, and the profile.
        nodes: The states in the order in which a reader meets them, with what can be done in them.
        moves: The openings and what leads from one state to another, in the order of their states.
        limits: Every time limit that the profile sets a period for.
        limits_title: The heading of the limits.
        current: The word for the state the case is in.
        outside: The words for what only the history has.
        followed: Whether it shows the way of a case: what was not taken is then drawn paler.
        against: What it is compared with, in words; empty when it is not.
        legend: What the marks mean, where it is compared.
        course: Whereto arrows lead: a procedure reads downwards; cases stand in a column, as there may be many.
    """

    key: str
    profile: str
    language: Language
    title: str
    nodes: tuple[Node, ...]
    moves: tuple[Edge, ...]
    limits: tuple[LimitNote, ...]
    limits_title: str
    current: str
    outside: str
    followed: bool
    against: str = ""
    legend: tuple[Sign, ...] = ()
    course: Course = "down"

    def marked(self, mark: Mark) -> str:
        """Return the word for a mark in brackets, to be put behind a name; nothing where there is none."""
        return "".join(f" ({sign.text})" for sign in self.legend if sign.mark == mark)

    def leads_on(self, move: Edge) -> bool:
        """Tell whether a move leads to the state that a reader meets next, or opens a case in the first one."""
        keys = ("", *(node.key for node in self.nodes))
        return (move.source, move.target) in pairwise(keys)

    def identifiers(self, plain: str, otherwise: str) -> Mapping[str, str]:
        """Return a distinct name for every node by its key, of letters, digits and underscores after the prefixes.

        Args:
            plain: The prefix for keys that are such a name.
            otherwise: The prefix for the numbers that stand for all others; no start of ``plain`` with a name after it.
        """
        return {
            node.key: f"{plain}{node.key}" if _NAME.fullmatch(node.key) else f"{otherwise}{number}"
            for number, node in enumerate(self.nodes)
        }


def extract(lifecycle: Lifecycle, *, language: Language = "zh", history: Sequence[Record] | None = None) -> Diagram:
    """Extract the picture of a lifecycle.

    Args:
        lifecycle: The procedure.
        language: The language of every text.
        history: The records of one case in their order; what they have and the procedure has not is marked as such. The
            way is that of the acts that count, each as it was last corrected, by states as they are called now.

    Raises:
        UnknownError: There is no such language.
    """
    if language not in get_args(Language):
        raise UnknownError(f"there is no language {language!r}; there are {', '.join(get_args(Language))}")
    migrations = [record for record in history or () if isinstance(record, Migration)]
    counting = (record for record in effective(history or ()) if record.kind is Kind.ACT)
    acts = [with_states_of_now(record, migrations) for record in counting]
    taken = Counter((act.before, act.trigger, act.after) for act in acts)
    words = _Words(language)
    notes = {key: words.note(limit) for key, limit in lifecycle.by_limit.items()}
    edges = [
        *_defined(lifecycle, words, notes, taken),
        *_outside(lifecycle, words, taken),
    ]
    way = dict.fromkeys(state for act in acts for state in (act.before, act.after) if state)
    initial = {edge.target for edge in edges if not edge.source and not edge.outside}
    now = history[-1].after if history else ""
    labels = {state.key: words.of(state.label, state.key) for state in lifecycle.states}
    nodes = [
        Node(
            key,
            labels.get(key) or one_line(key, "?"),
            initial=key in initial,
            final=key in labels and lifecycle.by_state[key].final,
            current=key == now,
            visited=key in way,
            outside=key not in labels,
            stays=tuple(edge for edge in edges if edge.stays and edge.source == key),
        )
        for key in dict.fromkeys((*labels, *way))
    ]
    moves = [edge for edge in edges if not edge.stays]
    place = {key: number for number, key in enumerate(("", *(node.key for node in nodes)))}
    title = words.of(lifecycle.title, lifecycle.key)
    return Diagram(
        lifecycle.key,
        lifecycle.profile,
        language,
        f"{title} ({one_line(lifecycle.profile, '?')})" if lifecycle.profile else title,
        tuple(nodes),
        tuple(sorted(moves, key=lambda move: (place[move.source], place[move.target]))),
        tuple(notes.values()),
        words.say("limits"),
        words.say("current"),
        words.say("outside"),
        followed=bool(history),
    )


def one_line(text: str, otherwise: str) -> str:
    """Return a text as one line that any format can hold, or another one when nothing of it is left.

    Spaces of any kind become one space; controls, invisible marks, half characters and non-characters go.
    """
    kept = "".join(" " if c.isspace() else "" if category(c) in _UNSEEN or c in "\ufffe\uffff" else c for c in text)
    return " ".join(kept.split()) or otherwise


_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_SAID: Final = MappingProxyType(
    {
        "meets": Label("完成", "meets"),
        "stops": Label("终止", "stops"),
        "extends": Label("延长", "extends"),
        "revives": Label("恢复", "revives"),
        "starts": Label("起算", "starts"),
        "limits": Label("时限", "Time limits"),
        "current": Label("当前", "current"),
        "outside": Label("程序外", "not in the procedure"),
        "set": Label("期限另定", "as set in the act"),
        "again": Label("定期", "periodic"),
        "every": Label("每", "every "),
        "each": Label("每个", "each "),
        "and": Label("且", " and "),
        "or": Label("或", " or "),
        "otherwise": Label("否则", "otherwise"),
        ", ": Label("，", ", "),
        "; ": Label("；", "; "),
        ": ": Label("：", ": "),
    }
)


@attrs.frozen
class _Words:
    """How a picture puts things in one language."""

    language: Language

    def say(self, what: str) -> str:
        return _SAID[what].text(self.language)

    def of(self, label: Label, key: str) -> str:
        return one_line(label.text(self.language), one_line(key, "?"))

    def note(self, limit: TimeLimit) -> LimitNote:
        label = self.of(limit.label, limit.key)
        period = self.period(limit)
        each = "" if limit.each is None else self.say("each") + self.of(limit.each.label, limit.each.key)
        cited = (
            [limit.period.citation]
            if isinstance(limit.period, Cited)
            else [citation for rule in limit.rules for citation in rule.citations]
        )
        citations = tuple(one_line(citation.text(self.language), "?") for citation in cited)
        said = self.say(", ").join(filter(None, (period, each)))
        text = f"{label}{self.say(': ')}{said}" + "".join(f"{self.say('; ')}{citation}" for citation in citations)
        return LimitNote(limit.key, label, period, each, citations, text)

    def period(self, limit: TimeLimit) -> str:
        if not isinstance(limit.period, Cited):
            again = (self.say("again"),) if limit.repeats else ()
            return self.say(", ").join((*again, self.say("set")))
        every = limit.repeats and not isinstance(limit.period.value, Series)
        return self.say("every") * every + limit.period.value.text(self.language)

    def extension(self, period: Cited[Period] | FromContent) -> str:
        return period.value.text(self.language) if isinstance(period, Cited) else self.say("set")

    def effect(self, kind: EffectKind, note: LimitNote, period: str = "") -> Effect:
        return Effect(kind, note.key, f"{self.say(kind)} {note.label}" + (self.say(": ") + period if period else ""))

    def condition(self, rows: Iterable[Transition]) -> str:
        chosen = [
            self.say("and").join(self.of(requirement.label, requirement.rules[0].id) for requirement in row.when)
            for row in rows
        ]
        return self.say("or").join(dict.fromkeys(chosen)) if all(chosen) else self.say("otherwise")


_Way = tuple[str, str, str]


def _defined(
    lifecycle: Lifecycle, words: _Words, notes: Mapping[str, LimitNote], taken: Mapping[_Way, int]
) -> Iterator[Edge]:
    """Yield what the procedure has, the rows of one source, trigger and target together."""
    for (source, trigger), rows in lifecycle.rows.items():
        for target in dict.fromkeys(_target(row, source) for row in rows):
            mine = [row for row in rows if _target(row, source) == target]
            chosen = len(mine) < len(rows) or (len(mine) == 1 and mine[0].when)
            roles = {role.key: words.of(role.label, role.key) for row in mine for role in row.by}
            yield Edge(
                source,
                target,
                trigger,
                _label(lifecycle, words, trigger),
                tuple(roles.values()),
                words.condition(mine) if chosen else "",
                tuple(_effects(lifecycle, words, notes, (source, trigger, target))),
                taken.get((source, trigger, target), 0),
            )


def _outside(lifecycle: Lifecycle, words: _Words, taken: Mapping[_Way, int]) -> Iterator[Edge]:
    """Yield what a case did although the procedure does not have it."""
    for (source, trigger, target), times in taken.items():
        if all(_target(row, source) != target for row in lifecycle.rows.get((source, trigger), ())):
            label = _label(lifecycle, words, trigger)
            yield Edge(source, target, trigger, label, taken=times, outside=True)


def _effects(lifecycle: Lifecycle, words: _Words, notes: Mapping[str, LimitNote], way: _Way) -> Iterator[Effect]:
    """Yield what a way does to the limits; that a final state stops them all goes without saying."""
    source, trigger, target = way
    for key, limit in lifecycle.by_limit.items():
        if trigger in limit.met:
            yield words.effect("meets", notes[key])
        if lifecycle.by_state[target].final and not limit.outlives:
            continue
        if signalled(limit.stops, trigger, source, target):
            yield words.effect("stops", notes[key])
        if trigger in limit.extended:
            yield words.effect("extends", notes[key], words.extension(limit.extended[trigger]))
        if trigger in limit.revived:
            yield words.effect("revives", notes[key])
        if signalled(limit.starts, trigger, source, target):
            yield words.effect("starts", notes[key], notes[key].period)


def _target(row: Transition, source: str) -> str:
    return source if row.to is None else row.to


def _label(lifecycle: Lifecycle, words: _Words, trigger: str) -> str:
    found = lifecycle.by_trigger.get(trigger)
    return one_line(trigger, "?") if found is None else words.of(found.label, trigger)
