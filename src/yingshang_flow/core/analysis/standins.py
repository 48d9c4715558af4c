"""Stand-ins for what a guard is given: they look like a view, a case and content, and ask the world what they hold.

What has more values than can be tried, such as a number or a date, and what is known of other cases is out of reach.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.core.analysis.worlds import OutOfReachError, World
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.requirement import Given, View

T = TypeVar("T")
C = TypeVar("C")


def _refuse(*_: object, **__: object) -> NoReturn:
    raise OutOfReachError


_OPERATIONS: Final = (
    *("eq", "ne", "lt", "le", "gt", "ge", "hash", "bool", "len", "iter", "contains", "getitem", "call", "getattr"),
    *(
        "add",
        "radd",
        "sub",
        "rsub",
        "mul",
        "rmul",
        "floordiv",
        "mod",
        "neg",
        "or",
        "and",
        "int",
        "index",
        "float",
        "abs",
    ),
)


def _unreadable(kind: type[T]) -> type[T]:
    """Let a class refuse every operation that it does not define itself."""
    for operation in _OPERATIONS:
        name = f"__{operation}__"
        if vars(kind).get(name) is None:  # a class that can be compared says of itself that it has no hash
            setattr(kind, name, _refuse)
    return kind


@_unreadable
class Unknown:
    """Something of which nothing is known but that it is there."""

    __slots__ = ()
    __class__ = property(_refuse)  # nobody can tell what it is an instance of


UNKNOWN: Final = Unknown()


def _is_not(other: object) -> bool:
    """Tell of something that is filled in whether it is not the same as something empty.

    Raises:
        OutOfReachError: The other thing is not empty either.
    """
    if other is None or (type(other) in {str, tuple} and not other):
        return True
    raise OutOfReachError


@_unreadable
class _Words:  # noqa: PLW1641  # it refuses to be hashed
    """A text that is not blank; it says it is a text, but is none, so that nothing reads what it does not say."""

    __slots__ = ("about", "world")
    __class__ = property(lambda _: str)  # what it says it is

    def __init__(self, world: World, about: Hashable) -> None:
        self.world, self.about = world, about

    def __eq__(self, other: object) -> bool:
        return other.is_named(self) if type(other) is _Person else not _is_not(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __bool__(self) -> bool:
        return True

    def strip(self, *_: object) -> "_Words":
        """Return it as it is: of a text that is not blank something is left."""
        return self

    lstrip = rstrip = strip


@_unreadable
class _Several:  # noqa: PLW1641  # it refuses to be hashed
    """A tuple in which there is something; it is none either."""

    __slots__ = ()
    __class__ = property(lambda _: tuple)  # what it says it is

    def __eq__(self, other: object) -> bool:
        return not _is_not(other)

    def __ne__(self, other: object) -> bool:
        return _is_not(other)

    def __bool__(self) -> bool:
        return True


@_unreadable
class _Person:  # noqa: PLW1641  # it refuses to be hashed
    """Somebody's id: two are the same person in some worlds and not in others."""

    __slots__ = ("about", "world")

    def __init__(self, world: World, about: Hashable) -> None:
        self.world, self.about = world, about

    def __eq__(self, other: object) -> bool:
        if type(other) is not _Person:
            return self.is_named(other)
        return self.about == other.about or _same(self.world, self.about, other.about)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def is_named(self, text: object) -> bool:
        """Tell whether a text is this person's id."""
        if type(text) is not _Words:
            raise OutOfReachError
        return _same(self.world, self.about, text.about)


def _same(world: World, one: Hashable, other: Hashable) -> bool:
    return world.choose(("same", frozenset({one, other})), (False, True))


ACTOR: Final = "actor"
"""What the person who acts is decided about under."""


class _Somebody:
    """An actor: the person and, for who acts now, the role matter; the unit is out of reach."""

    __slots__ = ("_about", "_roles", "_world")

    def __init__(self, world: World, about: Hashable, roles: Sequence[str]) -> None:
        self._world, self._about, self._roles = world, about, roles

    @property
    def id(self) -> _Person:
        return _Person(self._world, self._about)

    @property
    def persons(self) -> tuple[_Person, ...]:
        return (self.id,)  # a delegation makes more of them one, so what keeps them apart does so without one too

    def is_one_with(self, other: "_Somebody") -> bool:
        return self.id == other.id

    @property
    def role(self) -> str:
        return self._world.choose(("role", self._about), self._roles)

    def __getattr__(self, name: str) -> NoReturn:
        raise OutOfReachError


class _FactOf:
    """The latest act of a trigger: who did it and what was said."""

    __slots__ = ("_of", "_trigger")

    def __init__(self, of: "CaseOf", trigger: str) -> None:
        self._of, self._trigger = of, trigger

    @property
    def trigger(self) -> str:
        return self._trigger

    @property
    def actor(self) -> _Somebody:
        lifecycle = self._of.lifecycle
        roles = dict.fromkeys(r.key for row in lifecycle.transitions if row.trigger == self._trigger for r in row.by)
        return _Somebody(self._of.world, ("fact", self._trigger), tuple(roles))

    @property
    def content(self) -> object:
        content = self._of.lifecycle.by_trigger[self._trigger].content
        return None if content is None else content_of(content, self._of.world, ("fact", self._trigger), self._of.given)

    def __getattr__(self, name: str) -> NoReturn:
        raise OutOfReachError


class CaseOf:
    """A case in a state, of which it is decided what is on file.

    Args:
        world: What decides.
        lifecycle: The procedure.
        state: The state it is in.
    """

    def __init__(self, world: World, lifecycle: Lifecycle, state: str) -> None:
        self.world, self.lifecycle, self.state = world, lifecycle, state
        self.given = lifecycle.derived(always_given)

    def fact(self, trigger: str, obligor: str | None = None) -> _FactOf | None:
        """Return the latest act of a trigger where there is one; of one obligor it is out of reach."""
        if obligor is not None or trigger not in self.lifecycle.by_trigger:
            raise OutOfReachError
        return _FactOf(self, trigger) if self.world.choose(("fact", trigger), (False, True)) else None

    def latest(self, content: type[C], *triggers: str, must: bool = False) -> C | None:
        """Return the latest content of a class where there is one."""
        saying = [t.key for t in self.lifecycle.triggers if t.content is content and t.key in (triggers or (t.key,))]
        if len(saying) == 1:
            about: Hashable = ("fact", saying[0])
        else:
            about = ("latest", content, triggers)
        if not self.world.choose(about, (True,) if must else (False, True)):
            return None
        return content_of(content, self.world, about, self.given)

    def __getattr__(self, name: str) -> NoReturn:
        raise OutOfReachError


class _ViewOf(View[Any, Any]):
    """A view whose case has on file whatever a guard says must be there."""

    __slots__ = ()

    def latest(self, content: type[C], *triggers: str) -> C:
        """Return the latest content of a class, which is always there."""
        found = self.standing.latest(content, *triggers, must=True)  # type: ignore[call-arg]  # a ``CaseOf``
        if found is None:  # in this world it was said not to be there
            raise OutOfReachError
        return found


def view_of(world: World, lifecycle: Lifecycle, trigger: str, state: str, roles: Sequence[str]) -> View[Any, Any]:
    """Return what a guard sees of an act in a world.

    Args:
        world: What decides.
        lifecycle: The procedure.
        trigger: What is done.
        state: The state it is done in; empty for an opening.
        roles: The keys of the roles that may do it.
    """
    kind = lifecycle.by_trigger[trigger].content
    content = None if kind is None else content_of(kind, world, ("content", trigger), {})
    case: Any = CaseOf(world, lifecycle, state) if state else None
    actor: Any = _Somebody(world, ACTOR, roles)
    unknown: Any = UNKNOWN
    return _ViewOf(case, actor, content, unknown, lifecycle.values, unknown, unknown)


def always_given(lifecycle: Lifecycle) -> dict[str, frozenset[str]]:
    """Return the fields that are never empty once an act is on file, by trigger: every row of it asks for them."""
    found: dict[str, frozenset[str]] = {}
    for row in lifecycle.transitions:
        asked = frozenset(name for need in row.needs if isinstance(need, Given) for name in need.fields)
        found[row.trigger] = found.get(row.trigger, asked) & asked
    return found


# --- content ----------------------------------------------------------------------------------------------------------


def content_of(content: type[C], world: World, about: Hashable, given: Mapping[str, frozenset[str]]) -> C:
    """Return an object of a content class whose fields are decided when they are read.

    Args:
        content: The class.
        world: What decides.
        about: What the object is decided about under.
        given: The fields that are never empty, by the trigger that is on file.
    """
    if not attrs.has(content):
        raise OutOfReachError
    made: C = object.__new__(_class_of(content))
    filled = given.get(about[1], frozenset()) if isinstance(about, tuple) and about[0] == "fact" else frozenset()
    object.__setattr__(made, "_told", (world, about, filled))
    return made


@cache
def _class_of(content: type[Any]) -> type[Any]:
    try:
        hints = get_type_hints(content)
    except Exception:  # noqa: BLE001  # whatever an annotation raises that cannot be read; the codec refuses it
        hints = {}
    fields = frozenset(field.name for field in attrs.fields(content))

    def read(self: Any, name: str) -> Any:  # noqa: ANN401  # whatever a field holds
        if name not in fields:
            return object.__getattribute__(self, name)
        world, about, filled = object.__getattribute__(self, "_told")
        if world.full:
            raise OutOfReachError
        options = [one for one in _options(hints.get(name, object)) if name not in filled or one not in _EMPTY]
        option = world.choose((about, name), options)
        return option.make(world, (about, name)) if isinstance(option, Maker) else option

    compared = dict.fromkeys(("__eq__", "__ne__", "__hash__"), _refuse)
    return type(content.__name__, (content,), {"__getattribute__": read, **compared})


_EMPTY: Final = (None, "", " ", ())


@attrs.frozen
class Maker:
    """An option that has to be made in its world, as more is decided when it is read.

    Attributes:
        make: Makes it of the world and of what it is decided about under.
    """

    make: Callable[[World, Hashable], Any]


def _unknown(_world: World, _about: Hashable) -> Unknown:
    return UNKNOWN


def _several(_world: World, _about: Hashable) -> "_Several":
    return _Several()


def is_filled(option: Maker) -> bool:
    """Tell whether an option is something that is filled in, and not only something unknown."""
    return option.make in {_Words, _several}


@cache
def _options(hint: Any) -> tuple[Any, ...]:  # noqa: ANN401  # a type hint
    """Return what a value of a type can be: plain values, and makers of what is decided further when it is read."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _FEW:
        return _FEW[hint]
    if origin is Literal:
        return arguments
    if origin in {Union, UnionType}:
        return tuple(dict.fromkeys(option for argument in arguments for option in _options(argument)))
    if origin is tuple:
        return ((), Maker(_several))
    return tuple(_of_class(hint)) if isinstance(hint, type) else (Maker(_unknown),)


def _of_class(kind: type[Any]) -> Iterator[Any]:
    """Yield what an object of a class can be."""
    if issubclass(kind, Enum):
        yield from kind
    elif attrs.has(kind):
        yield Maker(lambda world, about: content_of(kind, world, about, {}))
    else:
        yield Maker(_unknown)


_FEW: Final[Mapping[Any, tuple[Any, ...]]] = MappingProxyType(
    {
        bool: (False, True),
        NoneType: (None,),
        str: ("", Maker(_Words), " "),
        object: (None, Maker(_unknown)),
        Any: (None, Maker(_unknown)),
    }
)
"""What the plainest types have."""
