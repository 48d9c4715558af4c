"""Checks of how a definition is written: rules with home and article, labels in both languages, plain functions."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from yingshang_flow.core.analysis.homes import all_requirements, functions_of, homes, named_rules
from yingshang_flow.core.analysis.issue import ERROR, WARNING, Issue, Kind
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.requirement import Forbids, Needs
from yingshang_flow.words import Label, RuleKind

RULE_WITHOUT_HOME: Final = Kind(
    "rule_without_home",
    ERROR,
    Label("规则 {rule!r} 在定义中没有落脚之处", "rule {rule!r} has no home in the definition"),
)
RULE_CITES_NOTHING: Final = Kind(
    "rule_cites_nothing", ERROR, Label("规则 {rule!r} 没有引用任何依据", "rule {rule!r} cites nothing")
)
RULE_NOT_LISTED: Final = Kind(
    "rule_not_listed", ERROR, Label("规则 {rule!r} 已使用但未列出", "rule {rule!r} is used but not listed")
)
LABEL_MISSING: Final = Kind(
    "label_missing", ERROR, Label("{what}缺少{language}名称", "{what} lacks a label in {language}")
)
FUNCTION_UNSEEN: Final = Kind(
    "function_unseen",
    ERROR,
    Label(
        "{function!r} 不是模块级函数；指纹看不到它的变化",
        "{function!r} is no module-level function; a fingerprint could not see it change",
    ),
)
CONTENT_UNFIT: Final = Kind(
    "content_unfit",
    ERROR,
    Label(
        "{trigger!r} 的内容不是模块级 attrs 类",
        "the content of {trigger!r} is no attrs class at module level",
    ),
)
CONTENT_NOT_FROZEN: Final = Kind(
    "content_not_frozen",
    WARNING,
    Label(
        "{what} {name} 可以被改动；请用 @attrs.frozen",
        "{what} {name} can be changed after it was said; make it @attrs.frozen",
    ),
)
LIMIT_OF_NO_RULE: Final = Kind(
    "limit_of_no_rule",
    WARNING,
    Label("时限 {limit!r} 不出自任何规则", "limit {limit!r} comes from no rule; name the one that sets it"),
)
DUTY_OF_NO_RULE: Final = Kind(
    "duty_of_no_rule",
    WARNING,
    Label("一项职责（{duty}）不出自任何规则", "a duty ({duty}) comes from no rule; name the one that asks for it"),
)

_CHINESE: Final = Label("中文", "Chinese")
_ENGLISH: Final = Label("英文", "English")
_CONTENT: Final = Label("内容类", "the content class")
_VALUES: Final = Label("取值类", "the class of values")


def rules(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield rules that stand nowhere, and rules that are used without being listed."""
    listed = {rule.id for rule in lifecycle.rules}
    built = homes(lifecycle)
    for rule in lifecycle.rules:
        if rule.id not in built and rule.kinds != (RuleKind.PROPERTY,):
            yield RULE_WITHOUT_HOME(rule=rule.id)
        if not rule.citations:
            yield RULE_CITES_NOTHING(rule=rule.id)
    for rule_id in built:
        if rule_id not in listed:
            yield RULE_NOT_LISTED(rule=rule_id)


def labels(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield what has no name in one of the languages."""
    named: list[tuple[Label, Label]] = [
        (Label("标题", "the title"), lifecycle.title),
        *((_named("状态", "state", state.key), state.label) for state in lifecycle.states),
        *((_named("事项", "trigger", trigger.key), trigger.label) for trigger in lifecycle.triggers),
        *((_named("时限", "limit", limit.key), limit.label) for limit in lifecycle.limits),
        *((_named("提醒", "rung", rung.key), rung.label) for limit in lifecycle.limits for rung in limit.ladder),
        *((_named("角色", "role", role.key), role.label) for role in lifecycle.roles.values()),
        *((_named("规则", "rule", rule.id), rule.label) for rule in lifecycle.rules),
        *(
            (Label(f"{row.trigger!r} 的一项要求", f"a requirement of {row.trigger!r}"), need.label)
            for row, need in all_requirements(lifecycle)
        ),
        *(
            (Label(f"{named_rules(duty.rules)} 的一项职责", f"a duty of {named_rules(duty.rules)}"), duty.label)
            for duty in lifecycle.duties
        ),
        *((_named("事由", "ground", ground.key), ground.label) for ground in lifecycle.grounds),
    ]
    for what, label in named:
        if not label.zh.strip() or not label.en.strip():
            yield LABEL_MISSING(what=what, language=_ENGLISH if label.zh.strip() else _CHINESE)


def _named(zh: str, en: str, key: str) -> Label:
    return Label(f"{zh} {key!r} ", f"{en} {key!r}")


def functions(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield functions a fingerprint cannot see: lambdas, closures and what is not at module level."""
    found: list[Callable[..., Any]] = [
        need.check for _, need in all_requirements(lifecycle) if isinstance(need, Needs | Forbids)
    ]
    found += [need.where for _, need in all_requirements(lifecycle) if need.where is not None]
    found += [function for duty in lifecycle.duties for function in functions_of(duty)]
    found += [function for limit in lifecycle.limits for function in (limit.where, limit.meets) if function is not None]
    found += [ground.where for ground in lifecycle.grounds if ground.where is not None]
    found += [one for tally in lifecycle.tallies for one in (tally.cases, tally.units) if one is not None]
    groups = (*(limit.each for limit in lifecycle.limits), *(trigger.each for trigger in lifecycle.triggers))
    found += [each.members for each in groups if each is not None]
    for function in dict.fromkeys(found):
        if "<" in getattr(function, "__qualname__", "<"):
            yield FUNCTION_UNSEEN(function=function)
    for trigger in lifecycle.triggers:
        content = trigger.content
        if content is not None and (not attrs.has(content) or "<" in content.__qualname__):
            yield CONTENT_UNFIT(trigger=trigger.key)


def values(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield classes whose objects can be changed after they were recorded, and what comes from no rule."""
    said = dict.fromkeys(trigger.content for trigger in lifecycle.triggers if trigger.content is not None)
    kinds = [*((_CONTENT, content) for content in said), (_VALUES, type(lifecycle.values))]
    for what, kind in kinds:
        if attrs.has(kind) and not attrs.inspect(kind).is_frozen:
            yield CONTENT_NOT_FROZEN(what=what, name=kind.__name__)
    for limit in lifecycle.by_limit.values():
        if not limit.rules:
            yield LIMIT_OF_NO_RULE(limit=limit.key)
    for duty in lifecycle.duties:
        if not duty.rules:
            yield DUTY_OF_NO_RULE(duty=duty.label)


KINDS: Final = (
    *(RULE_WITHOUT_HOME, RULE_CITES_NOTHING, RULE_NOT_LISTED, LABEL_MISSING, FUNCTION_UNSEEN, CONTENT_UNFIT),
    *(CONTENT_NOT_FROZEN, LIMIT_OF_NO_RULE, DUTY_OF_NO_RULE),
)
"""Everything these checks can find."""
