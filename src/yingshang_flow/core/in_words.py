"""Every part of a definition in a few words of both languages, so that people can read in what two of them differ."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from enum import Enum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.core.actor import Role
from yingshang_flow.core.limit import Entering, FromContent, Leaving
from yingshang_flow.core.requirement import Requirement
from yingshang_flow.deadlines import Period
from yingshang_flow.words import Citation, Cited, Label, Rule

NONE: Final = Label("无", "none")

PARTS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "about": Label("所查事项", "about"),
        "acts": Label("显示事由的事项", "acts that show it"),
        "aliases": Label("别名", "other headings"),
        "answers": Label("应有的后续", "answers"),
        "as_part": Label("作为组成部分开启", "opened as a part"),
        "breaches": Label("显示事由的违反", "breaches that show it"),
        "by": Label("办理角色", "who may"),
        "calls_for": Label("应当开启", "calls for"),
        "check": Label("检查函数", "check"),
        "citations": Label("依据", "where it stands"),
        "codes": Label("事由编码", "codes"),
        "content": Label("内容类", "content class"),
        "counting": Label("计算规则", "how days are counted"),
        "each": Label("各自承担", "owed by each"),
        "earlier": Label("应有的前提", "what comes earlier"),
        "edition": Label("函数版本", "edition"),
        "extended": Label("延长", "extended by"),
        "field": Label("字段", "field"),
        "fields": Label("须填字段", "fields"),
        "final": Label("终结", "final"),
        "first": Label("首次", "first time"),
        "key": Label("键", "key"),
        "kinds": Label("类别", "kinds"),
        "label": Label("名称", "label"),
        "ladder": Label("提醒", "reminders"),
        "lamps": Label("灯", "lamps"),
        "limit": Label("时限", "limit"),
        "limits": Label("时限", "limits"),
        "looks_at": Label("所看内容", "looks at"),
        "meets": Label("履行条件", "meets only where"),
        "met": Label("履行", "met by"),
        "name": Label("名称", "heading"),
        "occasion": Label("场合", "occasion"),
        "offences": Label("检查函数", "offences"),
        "offenders": Label("检查函数", "offenders"),
        "opens": Label("应当开启", "opens"),
        "order": Label("先后次序", "order"),
        "outlives": Label("终结后仍然计算", "runs on after the end"),
        "owed_by": Label("承担角色", "owed by"),
        "passed": Label("届满的时限", "limits that have passed"),
        "paused": Label("中止", "paused by"),
        "period": Label("期限", "period"),
        "repeats": Label("重复", "repeats"),
        "required": Label("必需", "required"),
        "resumed": Label("恢复计算", "resumed by"),
        "revived": Label("恢复承担", "revived by"),
        "rules": Label("规则", "rules"),
        "soft": Label("只作提示", "only noted"),
        "starts": Label("起算", "starts"),
        "stops": Label("终止", "stopped by"),
        "timeless": Label("与时间无关", "looks at no times"),
        "times": Label("次数", "times"),
        "to": Label("去向", "leads to"),
        "trigger": Label("事项", "trigger"),
        "type": Label("类型", "type"),
        "unless": Label("例外", "unless"),
        "values": Label("对照", "what texts stand for"),
        "warn": Label("预警", "warns"),
        "where": Label("适用条件", "where"),
    }
)
"""What the parts of states, triggers, rows, requirements, limits, duties, grounds, rules and columns are called."""


def in_words(value: Any) -> Label:
    """Return a part of a definition in words; two that decide or say something else have other words."""
    for kind, say in _SAY:
        if isinstance(value, kind):
            return say(value)
    if attrs.has(type(value)):
        return _whole(value)
    return _plain(value.__qualname__ if callable(value) else value)


def typed(hint: Any, *, optional: bool = False) -> Label:
    """Return the type of a field in words, with the fields of what it holds and whether it may be left out."""
    text = _typed(hint)
    return Label(f"{text}，可省略", f"{text}, may be left out") if optional else _plain(text)


def _typed(hint: Any) -> str:
    """Return a type in a form of our own: the interpreter's changes from version to version."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is None:
        return "None" if hint is NoneType else "..." if hint is Ellipsis else _class(hint)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin in {Union, UnionType}:
        return " | ".join(map(_typed, arguments))
    return f"{origin.__name__}[{', '.join(map(_typed, arguments))}]"


def _class(hint: Any) -> str:
    if not isinstance(hint, type):
        return str(hint)
    if not attrs.has(hint) or hint.__module__.startswith("yingshang_flow.deadlines."):
        return hint.__name__
    hints = get_type_hints(hint)
    return f"{hint.__name__}({', '.join(f'{field.name}: {_typed(hints[field.name])}' for field in attrs.fields(hint))})"


def listed(labels: Iterable[Label]) -> Label:
    """Return several in one, as each language writes them."""
    found = tuple(labels)
    return Label("、".join(one.zh for one in found), ", ".join(one.en for one in found)) if found else NONE


def _plain(value: object) -> Label:
    return Label(str(value), str(value)) if str(value) else NONE


def _none(_: object) -> Label:
    return NONE


def _label(value: Label) -> Label:
    return value


def _flag(value: bool) -> Label:  # noqa: FBT001  # it is the value itself
    return Label("是", "yes") if value else Label("否", "no")


def _texted(value: Any) -> Label:
    return Label(value.text("zh"), value.text("en"))


def _cited(value: Cited[Any]) -> Label:
    said, where = in_words(value.value), _texted(value.citation)
    return Label(f"{said.zh}〔{where.zh}〕", f"{said.en} [{where.en}]")


def _enum(value: Enum) -> Label:
    return in_words(value.value)


def _role(role: Role) -> Label:
    zh, en = ("（个人）", " (private)") if role.private else ("", "")
    return Label(f"{role.label.zh}{zh}", f"{role.label.en}{en}")


def _rule(rule: Rule) -> Label:
    return _plain(rule.id)


def _requirement(need: Requirement) -> Label:
    return _plain(need.name)


def _entering(signal: Entering) -> Label:
    return Label(f"进入 {signal.state}", f"entering {signal.state}")


def _leaving(signal: Leaving) -> Label:
    return Label(f"离开 {signal.state}", f"leaving {signal.state}")


def _from_content(period: FromContent) -> Label:
    return Label(f"由 {period.field} 另定", f"as set in {period.field}")


def _type(kind: type[Any]) -> Label:
    return _plain(kind.__name__)


def _mapping(value: Mapping[Any, Any]) -> Label:
    said = ((key, in_words(item)) for key, item in value.items())
    return listed(Label(f"{key}：{one.zh}", f"{key}: {one.en}") for key, one in said)


def _row(value: Iterable[Any]) -> Label:
    return listed(map(in_words, value))


def _whole(value: Any) -> Label:
    """Return what a value holds that is not as usual, by its parts."""
    said = []
    for field in attrs.fields(type(value)):
        part = getattr(value, field.name)
        if part != field.default:
            name, one = PARTS.get(field.name, _plain(field.name)), in_words(part)
            said.append(Label(f"{name.zh} {one.zh}", f"{name.en} {one.en}"))
    together = listed(said)
    return _plain(type(value).__name__) if together is NONE else together


_SAY: Final[tuple[tuple[Any, Callable[[Any], Label]], ...]] = (
    (NoneType, _none),
    (Label, _label),
    (bool, _flag),
    (Enum, _enum),
    ((str, int, date, time), _plain),
    ((Period, Citation), _texted),
    (Cited, _cited),
    (Role, _role),
    (Rule, _rule),
    (Requirement, _requirement),
    (Entering, _entering),
    (Leaving, _leaving),
    (FromContent, _from_content),
    (type, _type),
    (Mapping, _mapping),
    ((tuple, list), _row),
)
"""How what is not said by its parts is said, the first that fits."""
