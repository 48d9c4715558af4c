"""Sealing: confidential values leave the record, a commitment stays, the vault keeps the value until it is erased."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.codec.hashing import SHA_256, SM3, hashed
from yingshang_flow.codec.reading import GIVEN, STORED, is_confidential
from yingshang_flow.codec.text import canonical_text
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Fact
from yingshang_flow.core.confidential import NOT_CLEAR, Confidential, Erased, Sealed, SeenBy, Withheld
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Record
from yingshang_flow.errors import CodecError

_DOMAIN: Final = b"yingshang_flow/confidential/1"
_SEALED_ID: Final = "sealed:"
_NOT_SHOWN: Final = frozenset({_SEALED_ID, "erased:", "withheld:"})
_BY_SM3: Final = "sm3:"


@attrs.frozen
class Secret:
    """What the vault keeps of one confidential value: enough to show it, and to prove it was this one.

    Attributes:
        commitment: The hex hash of domain, salt and canonical value, after ``sm3:`` where it is by SM3.
        salt: The 32-byte salt in hex.
        text: The canonical text of the value.
    """

    commitment: str
    salt: str = attrs.field(repr=False)
    text: str = attrs.field(repr=False)

    @property
    def genuine(self) -> bool:
        """Whether salt and text still give the commitment.

        Raises:
            HashingError: This machine does not have the commitment's algorithm.
        """
        algorithm = SM3 if self.commitment.startswith(_BY_SM3) else SHA_256
        try:
            return _commit(bytes.fromhex(self.salt), self.text, algorithm) == self.commitment
        except ValueError:
            return False  # the salt is no hex any more


def _commit(salt: bytes, text: str, algorithm: str) -> str:
    found = hashed(_DOMAIN + salt + text.encode(), algorithm)
    return _BY_SM3 + found if algorithm == SM3 else found


def sealed(
    record: Record, lifecycle: Lifecycle, salt: Callable[[], bytes], algorithm: str = SHA_256
) -> tuple[Record, tuple[Secret, ...]]:
    """Return a record without its confidential values, and what the vault has to keep of them.

    Args:
        record: A record as decided, in clear.
        lifecycle: Tells which roles are held by private persons.
        salt: Gives 32 fresh random bytes at each call.
        algorithm: What the commitments are computed by.
    """
    actor = record.actor
    private = actor is not None and lifecycle.role(actor.role).private
    if not private and (record.content is None or not _holds_confidential(_class(record.content))):
        return record, ()
    secrets: list[Secret] = []

    def commit(value: object) -> str:
        text, fresh = canonical_text(value), salt()
        secrets.append(Secret(_commit(fresh, text, algorithm), fresh.hex(), text))
        return secrets[-1].commitment

    if private and actor is not None:
        actor = Actor(_SEALED_ID + commit(actor.id), actor.unit, actor.role)
    content = _mapped(
        record.content, lambda value: Sealed(commit(GIVEN.unstructure(value))) if _is_clear(value) else value
    )
    return attrs.evolve(record, actor=actor, content=content), tuple(secrets)


def unsealed(record: Record, vault: Mapping[str, Secret], *, seen: bool = True, role: str | None = None) -> Record:
    """Return a record with its confidential values in clear, as erased where the vault has them no more, or withheld.

    The id of a private person reads ``erased:`` or ``withheld:`` and the commitment where it is not shown.

    Args:
        record: The sealed record.
        vault: What the vault still has, by commitment.
        seen: Whether whoever reads it may see them; nothing is opened otherwise.
        role: The key of the role it is read in, which a field can be narrowed to by ``SeenBy``; none sees all of them.

    Raises:
        CodecError: A vault row does not fit its commitment.
        HashingError: This machine does not have the hash of a commitment.
    """
    return _Opening(vault.get, seen=seen, role=role).record(record)


def withheld(record: Record, erased: Collection[str]) -> Record:
    """Return a record as ``unsealed`` gives it to those who may not see what is confidential, without any vault.

    Args:
        record: The sealed record.
        erased: The commitments whose values were erased.
    """
    return _Opening(lambda commitment: None if commitment in erased else _UNSEEN, seen=False).record(record)


def resealed(record: Record, lifecycle: Lifecycle) -> Record:
    """Return a record of which ``unsealed`` has shown nothing as it can be written: with the ids as they were sealed.

    Args:
        record: The record.
        lifecycle: Tells which roles are held by private persons.

    Raises:
        CodecError: The id of a private person stands in it in clear.
    """
    if isinstance(record, Amendment | Migration) and record.facts:
        facts = (attrs.evolve(fact, actor=_resealed(fact.actor, lifecycle)) for fact in record.facts)
        record = attrs.evolve(record, facts=tuple(facts))
    return record if record.actor is None else attrs.evolve(record, actor=_resealed(record.actor, lifecycle))


def _resealed(actor: Actor, lifecycle: Lifecycle) -> Actor:
    shown, _, commitment = actor.id.partition(":")
    if f"{shown}:" in _NOT_SHOWN:
        return Actor(_SEALED_ID + commitment, actor.unit, actor.role)
    role = lifecycle.roles.get(actor.role)
    if role is not None and role.private:
        message = (
            f"the id of a private person ({actor.role}) was to be written in clear; it has to be sealed or withheld"
        )
        raise CodecError(message)
    return actor


_UNSEEN: Final = Secret("", "", "")
"""Stands for a secret of which no more is asked than whether it is kept."""


@attrs.frozen
class _Opening:
    """Opens what is sealed."""

    kept: Callable[[str], Secret | None]
    seen: bool = attrs.field(kw_only=True)
    role: str | None = attrs.field(default=None, kw_only=True)

    def record(self, record: Record) -> Record:
        if isinstance(record, Amendment | Migration) and record.facts:
            record = attrs.evolve(record, facts=tuple(map(self.fact, record.facts)))
        actor = None if record.actor is None else self.actor(record.actor)
        if actor is record.actor and (record.content is None or not _holds_confidential(_class(record.content))):
            return record
        return attrs.evolve(record, actor=actor, content=self.content(record.content))

    def fact(self, fact: Fact) -> Fact:
        content = None if fact.content is None else self.content(fact.content)
        return attrs.evolve(fact, actor=self.actor(fact.actor), content=content)

    def actor(self, actor: Actor) -> Actor:
        if not actor.id.startswith(_SEALED_ID):
            return actor
        found = self.opened(actor.id.removeprefix(_SEALED_ID), seen=self.seen)
        if isinstance(found, str):
            return Actor(json.loads(found), actor.unit, actor.role)
        return Actor(f"{type(found).__name__.lower()}:{found.commitment}", actor.unit, actor.role)

    def content(self, content: object) -> object:
        def opened(value: Any, hint: Any, narrowed: frozenset[str] | None) -> Any:
            if _is_clear(value):
                return value
            shown = narrowed is None or self.role is None or self.role in narrowed
            found = self.opened(value.commitment, seen=self.seen and shown)
            return STORED.structure(json.loads(found), hint) if isinstance(found, str) else found

        return _mapped(content, opened, typed=True)

    def opened(self, commitment: str, *, seen: bool) -> str | Erased | Withheld:
        """Return the text of a value, or what it reads back as instead."""
        secret = self.kept(commitment)
        if secret is None:
            return Erased(commitment)
        if not seen:
            return Withheld(commitment)
        if not secret.genuine or secret.commitment != commitment:
            message = f"the vault row {commitment[:12]}… does not fit its commitment; the vault was changed"
            raise CodecError(message)
        return secret.text


def commitments(record: Record) -> tuple[str, ...]:
    """Return the commitments a sealed record holds."""
    found: list[str] = []
    if record.actor is not None and record.actor.id.startswith(_SEALED_ID):
        found.append(record.actor.id.removeprefix(_SEALED_ID))
    if record.content is not None and _holds_confidential(_class(record.content)):
        _mapped(record.content, lambda value: found.append(value.commitment) or value)  # type: ignore[func-returns-value]  # append gives None
    return tuple(found)


def _is_clear(value: object) -> bool:
    return not isinstance(value, NOT_CLEAR)


def _mapped(
    value: Any,
    change: Callable[..., Any],
    *,
    typed: bool = False,
    hint: Any = None,
    seen_by: frozenset[str] | None = None,
) -> Any:
    """Return a content with every confidential value replaced by what ``change`` makes of it."""
    if isinstance(value, Confidential):
        inner = (get_args(hint) or (str,))[0]
        return Confidential(change(value.value, inner, seen_by) if typed else change(value.value))
    if isinstance(value, tuple):
        inner = _bare((get_args(hint) or (None,))[0])
        return tuple(_mapped(item, change, typed=typed, hint=inner, seen_by=seen_by) for item in value)
    if attrs.has(type(value)) and _holds_confidential(_class(value)):
        hints, narrowed = _hints(_class(value)), _narrowings(_class(value))
        return type(value)(
            **{
                name: _mapped(
                    getattr(value, name),
                    change,
                    typed=typed,
                    hint=_bare(hints[name]),
                    seen_by=_both(seen_by, narrowed.get(name)),
                )
                for name in hints
            }
        )
    return value


def _both(outer: frozenset[str] | None, inner: frozenset[str] | None) -> frozenset[str] | None:
    """Return who sees a field of a field: who sees both, where both are narrowed."""
    return inner if outer is None else outer if inner is None else outer & inner


def narrowing_problems(content: type[Any], seen_by: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with ``SeenBy`` in a content class: on what is not confidential, or for who sees nothing.

    Args:
        content: The content class.
        seen_by: The keys of the roles that see what is confidential in the procedure.
    """
    for name, hint in _hints(_of_class(content)).items():
        roles = _narrowings(_of_class(content)).get(name)
        said = f"{content.__name__}.{name} is narrowed by SeenBy"
        if roles is not None and not _names_confidential(hint):
            yield f"{said}, and holds nothing confidential"
        if roles is not None and (not roles or not roles <= set(seen_by)):
            known = ", ".join(seen_by) or "nobody"
            yield f"{said} to {', '.join(sorted(roles)) or 'nobody'}; name some of those in seen_by: {known}"
        for inner in _classes(hint):
            yield from narrowing_problems(inner, seen_by)


def _of_class(content: type[Any]) -> Any:
    return content


def _classes(hint: Any) -> Iterator[type[Any]]:
    """Yield the content classes that a hint names."""
    if isinstance(hint, type) and attrs.has(hint) and not is_confidential(hint):
        yield hint
    for argument in get_args(hint):
        yield from _classes(argument)


@cache
def _narrowings(content: Any) -> Mapping[str, frozenset[str]]:
    """Return the keys of the roles to which fields of a content class are narrowed, by field."""
    return {
        name: frozenset(role for one in _narrowed(hint) for role in one.roles)
        for name, hint in get_type_hints(content, include_extras=True).items()
        if _narrowed(hint)
    }


def _narrowed(hint: Any) -> list[SeenBy]:
    """Return what narrows a field; of one that may be missing, it can stand inside or outside."""
    inside = [one for argument in get_args(hint) for one in _narrowed(argument)] if _is_union(hint) else []
    return [*(one for one in getattr(hint, "__metadata__", ()) if isinstance(one, SeenBy)), *inside]


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in {Union, UnionType}


def _bare(hint: Any) -> Any:
    """Return ``X`` of ``X | None``."""
    if _is_union(hint):
        return next(argument for argument in get_args(hint) if argument is not NoneType)
    return hint


def _class(value: object) -> Any:
    return type(value)


@cache
def _hints(content: Any) -> dict[str, Any]:
    return get_type_hints(content)


@cache
def _holds_confidential(content: Any) -> bool:
    return any(_names_confidential(hint) for hint in _hints(content).values())


def _names_confidential(hint: Any) -> bool:
    if is_confidential(hint):
        return True
    if isinstance(hint, type) and attrs.has(hint):
        return _holds_confidential(hint)
    return any(_names_confidential(argument) for argument in get_args(hint))
