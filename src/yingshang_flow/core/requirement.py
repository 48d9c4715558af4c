"""What an act must fulfil: requirements that look at the case or at the content, and the view they get."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Generic, Literal, Protocol, TypeVar, get_type_hints

import attrs

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.moment import Moment
from yingshang_flow.words import Citation, Label, Rule, Unmet, rules_of

C = TypeVar("C")
V = TypeVar("V")
T = TypeVar("T")

LooksAt = Literal["case", "content"]


class Untold(LookupError):  # noqa: N818  # it is no error: what cannot be told stands against nothing
    """Raised to a guard that asks how linked cases stood at the time of an act that is only told again."""


class LinkedCases(Protocol):
    """What a guard may know of linked cases; a search over all cases is an audit duty instead."""

    @property
    def parent(self) -> Case | None:
        """The case this one is a part of."""

    @property
    def origin(self) -> Case | None:
        """The case that gave reason to open this one."""

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many children there are, by lifecycle and state."""

    @property
    def open_ids(self) -> tuple[str, ...]:
        """The ids of the children that have not ended."""

    def child(self, case: str) -> Case:
        """Return one of the children."""


@attrs.frozen
class Related:
    """Linked cases as a value.

    Attributes:
        parent: The case this one is a part of.
        origin: The case that gave reason to open this one.
        counts: How many children there are, by lifecycle and state.
        open_ids: The ids of the children that have not ended.
        children: The children by id, as far as they are given.
    """

    parent: Case | None = None
    origin: Case | None = None
    counts: Mapping[tuple[str, str], int] = attrs.field(factory=lambda: MappingProxyType({}))
    open_ids: tuple[str, ...] = ()
    children: Mapping[str, Case] = attrs.field(factory=lambda: MappingProxyType({}))

    def child(self, case: str) -> Case:
        """Return one of the children.

        Raises:
            LookupError: It is not given.
        """
        return self.children[case]


NOTHING_RELATED = Related()


@attrs.define
class View(Generic[C, V]):
    """What a guard sees of an act: read only by agreement, built once per decision.

    Attributes:
        case: The case before the act; none for an opening.
        actor: Who acts.
        content: The typed content of the act.
        at: When it happened.
        values: The profile's values.
        related: Linked cases.
        obligors: For whom the act counts.
    """

    case: Case | None
    actor: Actor
    content: C
    at: Moment | None
    values: V
    related: LinkedCases = NOTHING_RELATED
    obligors: tuple[str, ...] = ()

    @property
    def standing(self) -> Case:
        """The case before the act, where there must be one.

        Raises:
            LookupError: The act opens its case; a guard of an opening looked at the case.
        """
        if self.case is None:
            message = "an opening has no case yet; this guard belongs on another transition"
            raise LookupError(message)
        return self.case

    def latest(self, content: type[T], *triggers: str) -> T:
        """Return the latest content of a class that the case must already have.

        Raises:
            LookupError: No such act is on file; the transition table should have made that impossible.
        """
        found = self.standing.latest(content, *triggers)
        if found is None:
            message = f"case {self.standing.id} has no {content.__name__} on file"
            raise LookupError(message)
        return found


Check = Callable[[Any], bool]
Offenders = Callable[[Any], Iterable[str]]


@attrs.frozen
class Requirement:
    """One thing an act must fulfil, with the rules it comes from.

    Attributes:
        rules: The rules it is part of; the first one's id is its code.
        label: What is required, in a few words.
        looks_at: ``case`` when it can be told without content, else ``content``.
        citations: Where it stands, when that is narrower than its rules or ours.
        where: Tells whether there is an occasion for it at all; elsewhere it is neither kept nor broken.
        timeless: Whether it looks at no times, so that it is the same for all cases with the same acts and contents.
    """

    rules: tuple[Rule, ...]
    label: Label
    looks_at: LooksAt = "case"
    citations: tuple[Citation, ...] = ()
    where: Check | None = attrs.field(default=None, kw_only=True)
    timeless: bool = attrs.field(default=False, kw_only=True)

    @property
    def name(self) -> str:
        """What it is called among those of its row; the name of its kind where that says no more."""
        return type(self).__name__

    def arises(self, view: View[Any, Any]) -> bool:
        """Tell whether there is an occasion for it."""
        return self.where is None or self.where(view)

    def against(self, view: View[Any, Any]) -> tuple[str, ...] | None:
        """Return what stands against the act, possibly nothing to show; none when it is met or does not arise."""
        return self._found(view) if self.where is None or self.where(view) else None

    def _found(self, view: View[Any, Any]) -> tuple[str, ...] | None:
        raise NotImplementedError  # each kind of requirement says how

    def holds(self, view: View[Any, Any]) -> bool:
        """Tell whether it is met."""
        return self.against(view) is None

    def unmet(self, found: tuple[str, ...]) -> Unmet:
        """Build the refusal."""
        cited = self.citations or tuple(citation for rule in self.rules for citation in rule.citations)
        return Unmet(self.rules[0].id, self.label, cited, found)


@attrs.frozen
class Needs(Requirement):
    """A requirement met when its check is true. Written with the decorator ``needs``."""

    check: Check = attrs.field(kw_only=True)
    edition: int = attrs.field(default=1, kw_only=True)

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.check.__name__

    def _found(self, view: View[Any, Any]) -> tuple[str, ...] | None:
        """Return nothing to show when the check is false."""
        return None if self.check(view) else ()


@attrs.frozen
class Forbids(Requirement):
    """A requirement met when its check yields no offending value. Written with the decorator ``forbids``."""

    check: Offenders = attrs.field(kw_only=True)
    edition: int = attrs.field(default=1, kw_only=True)

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.check.__name__

    def _found(self, view: View[Any, Any]) -> tuple[str, ...] | None:
        """Return the offending values."""
        return tuple(self.check(view)) or None


@attrs.frozen
class Given(Requirement):
    """A requirement met when these fields of the content are filled in. Written with ``given``."""

    fields: tuple[str, ...] = attrs.field(kw_only=True)

    @property
    def name(self) -> str:
        """The fields it asks for, as ``given(reason, until)``."""
        return f"given({', '.join(self.fields)})"

    def _found(self, view: View[Any, Any]) -> tuple[str, ...] | None:
        """Return the empty fields, by the labels of their content class."""
        content = view.content
        missing = [name for name in self.fields if _empty(getattr(content, name))]
        return tuple(str(field_label(type(content), name)) for name in missing) or None


@attrs.frozen
class Settled(Requirement):
    """A requirement met when nothing is owed under these limits, this act included. Written with ``settled``."""

    limits: tuple[str, ...] = attrs.field(kw_only=True)

    @property
    def name(self) -> str:
        """The limits it asks about, as ``settled(report)``."""
        return f"settled({', '.join(self.limits)})"

    def _found(self, view: View[Any, Any]) -> tuple[str, ...] | None:
        """Return who still owes what until when."""
        owed = [d for d in view.standing.owed(*self.limits) if d.obligor not in view.obligors]
        return tuple(f"{d.obligor or d.limit}: {d.due}" for d in owed) or None


def needs(
    rules: Rule | Iterable[Rule],
    label: Label,
    *,
    of: LooksAt = "case",
    citations: Iterable[Citation] = (),
    where: Check | None = None,
    edition: int = 1,
    timeless: bool = False,
) -> Callable[[Check], Needs]:
    """Make a requirement of a module-level function that tells whether it is met.

    Args:
        rules: The rules it is part of.
        label: What is required.
        of: What it looks at; ``content`` when it cannot be told without the act's content.
        citations: Where it stands, when that is narrower than its rules or ours.
        where: A module-level function that tells whether there is an occasion for it; always unless given.
        edition: Raised whenever the function's meaning changes; part of the fingerprint.
        timeless: Whether the function looks at no times; the audit of many cases is faster for knowing it.
    """

    def made(check: Check) -> Needs:
        return Needs(
            rules_of(rules),
            label,
            of,
            tuple(citations),
            where=where,
            check=check,
            edition=edition,
            timeless=timeless,
        )

    return made


def forbids(
    rules: Rule | Iterable[Rule],
    label: Label,
    *,
    of: LooksAt = "content",
    citations: Iterable[Citation] = (),
    where: Check | None = None,
    edition: int = 1,
) -> Callable[[Offenders], Forbids]:
    """Make a requirement of a module-level function that yields every value that stands against it.

    The arguments are those of ``needs``.
    """

    def made(check: Offenders) -> Forbids:
        return Forbids(rules_of(rules), label, of, tuple(citations), where=where, check=check, edition=edition)

    return made


def given(rules: Rule | Iterable[Rule], label: Label, *fields: str, citations: Iterable[Citation] = ()) -> Given:
    """Require that fields of the content are filled in."""
    return Given(rules_of(rules), label, "content", tuple(citations), fields=fields)


def settled(rules: Rule | Iterable[Rule], label: Label, *limits: str) -> Settled:
    """Require that nothing is owed under these limits any more, counting what this act settles."""
    return Settled(rules_of(rules), label, "case", limits=limits)


def _empty(value: object) -> bool:
    return value is None or value == () or (isinstance(value, str) and not value.strip())


def field_label(content: type, name: str) -> Label:
    """Return the label a content class gives a field by ``Annotated``, else its name in both languages."""
    hint = get_type_hints(content, include_extras=True).get(name)
    found = [extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Label)]
    return found[0] if found else Label(name, name)
