"""In what two lifecycles differ, part by part, in words of both languages."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal, get_type_hints

import attrs

from yingshang_flow.core.duty import Duty
from yingshang_flow.core.in_words import NONE, PARTS, in_words, listed, typed
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.requirement import Requirement, field_label
from yingshang_flow.words import Label, Language

What = Literal[
    "state", "trigger", "field", "row", "need", "limit", "duty", "ground", "rule", "roles", "column", "value"
]
Way = Literal["added", "removed", "changed"]

_WHATS: Final[Mapping[What, Label]] = MappingProxyType(
    {
        "state": Label("状态", "state"),
        "trigger": Label("事项", "trigger"),
        "field": Label("内容", "content"),
        "row": Label("一行", "row"),
        "need": Label("要求", "requirement"),
        "limit": Label("时限", "limit"),
        "duty": Label("职责", "duty"),
        "ground": Label("事由", "ground"),
        "rule": Label("规则", "rule"),
        "roles": Label("角色", "roles"),
        "column": Label("列", "column"),
        "value": Label("取值", "value"),
    }
)
_WAYS: Final[Mapping[Way, Label]] = MappingProxyType(
    {"added": Label("新增", "added"), "removed": Label("取消", "removed"), "changed": Label("改变", "changed")}
)
_MIRRORED: Final[Mapping[Way, Way]] = MappingProxyType({"added": "removed", "removed": "added", "changed": "changed"})
_ROLES: Final = MappingProxyType(
    {
        "amended_by": Label("可以更正、撤销", "may correct or annul"),
        "erased_by": Label("可以删除个人数据", "may erase personal data"),
        "seen_by": Label("可以查看保密内容", "may see what is confidential"),
    }
)


@attrs.frozen
class Difference:
    """One thing in which a lifecycle differs from another one.

    Attributes:
        what: What kind of thing it is.
        key: Which one: a state, trigger, limit, ground, column or value by its key, a duty by its name, a field as
            ``conclude.facts``, a row as ``conclude/handling`` (with ``[…]`` after it where ``when`` chooses it), a
            requirement as ``conclude/handling/recipient_is_named``.
        way: Whether only the second lifecycle has it, only the first, or both.
        label: What people call it.
        part: What of it differs, where both have it and it has parts.
        before: What the first one says, none where it has nothing of the kind.
        after: What the second one says.
    """

    what: What
    key: str
    way: Way
    label: Label
    part: str = ""
    before: Label | None = None
    after: Label | None = None

    def text(self, language: Language = "zh") -> str:
        """Return it in one line."""
        what, way, label = (one.text(language) for one in (_WHATS[self.what], _WAYS[self.way], self.label))
        opened, closed, colon, comma = ("（", "）", "：", "，") if language == "zh" else (" (", ")", ": ", ", ")
        head = f"{what} {self.key}" + (f"{opened}{label}{closed}" if label not in self.key else "")
        before, after = (None if one is None else one.text(language) for one in (self.before, self.after))
        if self.way == "changed":
            part = f"{comma}{PARTS[self.part].text(language)}" if self.part else ""
            return f"{head}{part}{colon}{before} → {after}"
        said = after if self.way == "added" else before
        return f"{head}{colon}{way}" + (f"{comma}{said}" if said else "")

    def __str__(self) -> str:
        return self.text("en")

    def mirrored(self) -> "Difference":
        """Return it as seen from the other lifecycle."""
        return attrs.evolve(self, way=_MIRRORED[self.way], before=self.after, after=self.before)


def differences(first: Lifecycle, second: Lifecycle) -> tuple[Difference, ...]:
    """Return everything in which the second lifecycle differs from the first, by kind and in the order of the first.

    Compared is what decides, what the audit looks for, where it stands and what it is called. Key, title, version and
    profile are not, nor is the order of what has a key; that of rows which ``when`` chooses among is.
    """
    return (
        *_keyed("state", {one.key: one for one in first.states}, {one.key: one for one in second.states}),
        *_keyed("trigger", {one.key: one for one in first.triggers}, {one.key: one for one in second.triggers}),
        *_fields(first, second),
        *_rows(first, second),
        *_keyed("limit", first.by_limit, second.by_limit),
        *_keyed("duty", _named(first.duties), _named(second.duties)),
        *_keyed("ground", {one.key: one for one in first.grounds}, {one.key: one for one in second.grounds}),
        *_keyed("rule", {one.id: one for one in first.rules}, {one.id: one for one in second.rules}),
        *_roles(first, second),
        *_keyed("column", {one.name: one for one in first.ledger}, {one.name: one for one in second.ledger}),
        *_values(first.values, second.values),
    )


def _keyed(what: What, first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield in what things of one kind differ, each by its parts."""
    for key in dict.fromkeys((*first, *second)):
        if key not in second:
            yield Difference(what, key, "removed", _called(first[key], key))
        elif key not in first:
            yield Difference(what, key, "added", _called(second[key], key))
        elif type(first[key]) is not type(second[key]):
            yield Difference(what, key, "removed", _called(first[key], key))
            yield Difference(what, key, "added", _called(second[key], key))
        else:
            yield from _parts(what, key, first[key], second[key])


def _parts(what: What, key: str, first: Any, second: Any, *, beside: Sequence[str] = ()) -> Iterator[Difference]:
    kind: Any = type(second)
    for field in attrs.fields(kind):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if field.name in {"key", "id", *beside} or one is other:
            continue
        before, after = in_words(one), in_words(other)
        if before != after:
            yield Difference(what, key, "changed", _called(second, key), field.name, before, after)


def _called(item: Any, key: str) -> Label:
    return getattr(item, "label", None) or Label(key, key)


def _named(duties: Iterable[Duty]) -> Mapping[str, Duty]:
    """Return duties by their names; where several have the same one, the next are numbered."""
    found: dict[str, Duty] = {}
    for duty in duties:
        number = sum(name.partition(" #")[0] == duty.name for name in found)
        found[f"{duty.name} #{number + 1}" if number else duty.name] = duty
    return found


def _fields(first: Lifecycle, second: Lifecycle) -> Iterator[Difference]:
    """Yield in what is said with the triggers that both have."""
    for trigger in first.triggers:
        other = second.by_trigger.get(trigger.key)
        if other is None:
            continue
        was_said: Any = trigger.content
        is_said: Any = other.content
        before, after = _said(was_said), _said(is_said)
        for name in dict.fromkeys((*before, *after)):
            (was, called), (now, new) = before.get(name, (None, NONE)), after.get(name, (None, NONE))
            key, label = f"{trigger.key}.{name}", called if now is None else new
            if was is None or now is None:
                yield Difference("field", key, "added" if was is None else "removed", label, "", was, now)
            elif was != now:
                yield Difference("field", key, "changed", label, "type", was, now)


@lru_cache(maxsize=256)
def _said(content: Hashable) -> Mapping[str, tuple[Label, Label]]:
    """Return the type and the name of every field of a content class."""
    kind: Any = content
    if kind is None or not attrs.has(kind):
        return {}
    hints = get_type_hints(kind)
    return {
        field.name: (
            typed(hints[field.name], optional=field.default is not attrs.NOTHING),
            field_label(kind, field.name),
        )
        for field in attrs.fields(kind)
    }


def _rows(first: Lifecycle, second: Lifecycle) -> Iterator[Difference]:
    """Yield in what the rows of each trigger and state differ."""
    for source, trigger in dict.fromkeys((*first.rows, *second.rows)):
        one, other = first.rows.get((source, trigger), ()), second.rows.get((source, trigger), ())
        known = second if trigger in second.by_trigger else first
        called = known.by_trigger[trigger].label if trigger in known.by_trigger else Label(trigger, trigger)
        name = f"{trigger}/{source}"
        before, after = _chosen(name, one), _chosen(name, other)
        if len(before) == len(after) == 1:  # then it is the same one, whatever it says
            before, after = {name: next(iter(before.values()))}, {name: next(iter(after.values()))}
        for key in dict.fromkeys((*before, *after)):
            if key in before and key in after:
                yield from _row(key, called, before[key], after[key])
            elif key in after:
                yield Difference("row", key, "added", called, "", None, _led(second, after[key]))
            else:
                yield Difference("row", key, "removed", called, "", _led(first, before[key]))
        kept, now = [key for key in before if key in after], [key for key in after if key in before]
        if kept != now:
            yield Difference("row", name, "changed", called, "order", in_words(kept), in_words(now))


def _chosen(name: str, rows: Iterable[Transition]) -> dict[str, Transition]:
    """Return the rows of one trigger and state by what chooses them."""
    found: dict[str, Transition] = {}
    for row in rows:
        key = f"{name}[{', '.join(need.name for need in row.when)}]" if row.when else name
        while key in found:
            key = f"{key}'"
        found[key] = row
    return found


def _led(lifecycle: Lifecycle, row: Transition) -> Label | None:
    """Return where a row leads; nothing where the case stays."""
    if row.to is None:
        return None
    state = lifecycle.by_state.get(row.to)
    return Label(f"→ {row.to}", f"→ {row.to}") if state is None else Label(f"→ {state.label.zh}", f"→ {state.label.en}")


def _row(key: str, called: Label, first: Transition, second: Transition) -> Iterator[Difference]:
    for found in _parts("row", key, first, second, beside=("trigger", "sources", "when", "needs")):
        yield attrs.evolve(found, label=called)
    before, after = _asked(key, first), _asked(key, second)
    yield from _keyed("need", before, after)


def _asked(key: str, row: Transition) -> dict[str, Requirement]:
    found: dict[str, Requirement] = {}
    for need in (*row.when, *row.needs):
        name = f"{key}/{need.name}"
        while name in found:
            name = f"{name}'"
        found[name] = need
    return found


def _roles(first: Lifecycle, second: Lifecycle) -> Iterator[Difference]:
    for name, label in _ROLES.items():
        before, after = (listed(map(in_words, getattr(one, name))) for one in (first, second))
        if before != after:
            yield Difference("roles", name, "changed", label, "", before, after)


def _values(first: Any, second: Any) -> Iterator[Difference]:
    """Yield in what the values differ; one that is not set is as good as one that there is not."""
    before, after = _set(first), _set(second)
    for name in dict.fromkeys((*before, *after)):
        was, now, label = before.get(name), after.get(name), Label(name, name)
        if was is None or now is None:
            yield Difference("value", name, "added" if was is None else "removed", label, "", was, now)
        elif was != now:
            yield Difference("value", name, "changed", label, "", was, now)


def _set(values: Any) -> dict[str, Label]:
    kind: Any = type(values)
    if not attrs.has(kind):
        return {}
    found = {field.name: getattr(values, field.name) for field in attrs.fields(kind)}
    return {name: in_words(value) for name, value in found.items() if value is not None}
