"""Everything a guard can come to see, tried out one world at a time: facts, and fields of few values.

A guard is run again and again on a stand-in for its view. Whenever it reads something that can be only one of few
things – a flag, one of some literals, there or not there, empty or not – the world decides, and the next world decides
otherwise, until every combination was tried. What has more values than can be tried, such as a number or a date, and
what is known of other cases is out of reach: a guard that asks for it may then hold or not.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, ClassVar, Final, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.requirement import Forbids, Given, Needs, Requirement, Settled, View
from yingshang_flow.words import Label

T = TypeVar("T")
C = TypeVar("C")

MOST_WORLDS: Final = 1024
"""How many are tried before a question counts as too large to answer."""


class OutOfReachError(BaseException):
    """Raised to a guard that asks for what no world decides; no guard is to take it for an error of its own."""


@attrs.define
class World:
    """One way everything that a guard reads can be.

    Attributes:
        script: The numbers of the options taken for the first things that are read; the first for every later one.
        decided: What was decided, by what it was decided about.
        assumed: Whether something out of reach was asked for, so that the world may not exist.
        fell: Whether a guard looked into something that is not there, and fails in this world.
    """

    script: tuple[int, ...] = ()
    decided: dict[Hashable, Any] = attrs.field(factory=dict)
    assumed: bool = False
    fell: bool = False
    _taken: list[tuple[int, int]] = attrs.field(factory=list)

    def choose(self, about: Hashable, options: Sequence[T]) -> T:
        """Decide about something once; whoever asks again is told the same."""
        if about not in self.decided:
            place = len(self._taken)
            number = self.script[place] if place < len(self.script) else 0
            self._taken.append((number, len(options)))
            self.decided[about] = options[number]
        found: T = self.decided[about]
        return found

    @property
    def chosen(self) -> dict[Hashable, Any]:
        """What was decided in this world, without what is the same in all of them."""
        return dict(list(self.decided.items())[len(self.decided) - len(self._taken) :])

    def next_script(self) -> tuple[int, ...] | None:
        """Return what the next world decides, none after the last one."""
        taken = list(self._taken)
        while taken and taken[-1][0] + 1 == taken[-1][1]:
            taken.pop()
        return (*(number for number, _ in taken[:-1]), taken[-1][0] + 1) if taken else None


class TooManyWorldsError(Exception):
    """Raised when there are more worlds than are tried."""


def worlds(decided: Mapping[Hashable, object] = MappingProxyType({})) -> Iterator[World]:
    """Yield every world; what is read in one has to be read before the next is asked for.

    Args:
        decided: What is the same in all of them.

    Raises:
        TooManyWorldsError: There are more than are tried.
    """
    script: tuple[int, ...] | None = ()
    for _ in range(MOST_WORLDS):
        world = World(script, dict(decided))
        yield world
        script = world.next_script()
        if script is None:
            return
    raise TooManyWorldsError


# --- what stands in for what a guard is given -------------------------------------------------------------------------


def _refuse(*_: object, **__: object) -> NoReturn:
    raise OutOfReachError


class Unknown:
    """Something of which nothing is known but that it is there."""

    __slots__ = ()
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse  # type: ignore[assignment]  # they never return
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __call__ = __getattr__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __mod__ = __neg__ = _refuse
    __or__ = __and__ = __int__ = __index__ = __float__ = __abs__ = _refuse
    __class__ = property(_refuse)  # type: ignore[assignment]  # so that nobody can tell what it is an instance of


UNKNOWN: Final = Unknown()


class _Filled(Unknown):
    """Something that is not empty, of which nothing else is known."""

    __slots__ = ()
    EMPTY: ClassVar[object]

    def __eq__(self, other: object) -> bool:
        if type(other) is type(self.EMPTY) and other == self.EMPTY:
            return False
        raise OutOfReachError

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __bool__(self) -> bool:
        return True

    __hash__ = _refuse  # type: ignore[assignment]  # it never returns


class _Words(_Filled):
    """A text that is not blank; it says it is a text, but is none, so that nothing reads what it does not say."""

    __slots__ = ("about", "world")
    __class__ = property(lambda _: str)  # type: ignore[assignment]
    EMPTY = ""

    def __init__(self, world: World, about: Hashable) -> None:
        self.world, self.about = world, about

    def __eq__(self, other: object) -> bool:
        if type(other) is _Person:
            return other.is_named(self)
        return other != () and super().__eq__(other)

    def strip(self, *_: object) -> "_Words":
        """Return it as it is: a text that is not blank has something left."""
        return self

    lstrip = rstrip = strip
    __hash__ = _refuse  # type: ignore[assignment]  # it never returns


class _Several(_Filled):
    """A tuple in which there is something."""

    __slots__ = ()
    __class__ = property(lambda _: tuple)  # type: ignore[assignment]
    EMPTY = ()


class _Person(Unknown):
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

    __hash__ = _refuse  # type: ignore[assignment]  # it never returns


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
        return None if content is None else _content(content, self._of.world, ("fact", self._trigger), self._of.given)

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
        return _content(content, self.world, about, self.given)

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
    content = None if kind is None else _content(kind, world, ("content", trigger), {})
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


def _content(content: type[C], world: World, about: Hashable, given: "dict[str, frozenset[str]]") -> C:
    """Return an object of a content class whose fields are decided when they are read."""
    if not attrs.has(content):
        raise OutOfReachError
    made = object.__new__(_class_of(content))
    filled = given.get(about[1], frozenset()) if isinstance(about, tuple) and about[0] == "fact" else frozenset()
    object.__setattr__(made, "_told", (world, about, filled))
    return made  # type: ignore[return-value]  # of a subclass that was made here


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
        options = [one for one in _options(hints.get(name, object)) if name not in filled or one not in _EMPTY]
        option = world.choose((about, name), options)
        return option.make(world, (about, name)) if isinstance(option, _Maker) else option

    refused = dict.fromkeys(("__eq__", "__ne__", "__hash__"), _refuse)
    names = {"__getattribute__": read, "__module__": content.__module__, **refused}
    return type(content.__name__, (content,), names)


_EMPTY: Final = (None, "", ())


@attrs.frozen
class _Maker:
    """An option that has to be made in its world, as more is decided when it is read."""

    make: Callable[[World, Hashable], Any]


def _unknown(_world: World, _about: Hashable) -> Unknown:
    return UNKNOWN


def _several(_world: World, _about: Hashable) -> _Several:
    return _Several()


_NO_CONTENT: Final = ("yingshang_flow.core.", "yingshang_flow.deadlines.")
"""Where attrs classes come from that are values, such as periods: of them only that they are there is known."""


@cache
def _options(hint: Any) -> tuple[Any, ...]:  # noqa: ANN401  # a type hint
    """Return what a value of a type can be: plain values, and makers of what is decided further when it is read."""
    origin = get_origin(hint)
    if hint is bool:
        return (False, True)
    if hint is NoneType:
        return (None,)
    if hint in {object, Any}:
        return (None, _Maker(_unknown))
    if hint is str:
        return ("", _Maker(_Words))
    if origin is Literal:
        return get_args(hint)
    if origin in {Union, UnionType}:
        return tuple(dict.fromkeys(option for argument in get_args(hint) for option in _options(argument)))
    if origin is tuple and get_args(hint)[-1] is Ellipsis:
        return ((), _Maker(_several))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(hint)
    if isinstance(hint, type) and attrs.has(hint) and not hint.__module__.startswith(_NO_CONTENT):
        return (_Maker(lambda world, about: _content(hint, world, about, {})),)
    return (_Maker(_unknown),)


# --- asking -----------------------------------------------------------------------------------------------------------


def meaning(requirement: Requirement) -> Hashable:
    """Return what tells two requirements apart that ask for different things, whatever they are called."""
    match requirement:
        case Needs(check=check) | Forbids(check=check):
            return (type(requirement), check, requirement.where)
        case Given(fields=fields):
            return (Given, fields, requirement.where)
        case Settled(limits=limits):
            return (Settled, limits, requirement.where)
    return requirement


def holds(requirement: Requirement, world: World, view: View[Any, Any]) -> bool:
    """Tell whether a requirement is met in a world; one that asks for what is out of reach may be met or not."""
    return asked(lambda: requirement.holds(view), world, meaning(requirement))


def asked(question: Callable[[], object], world: World, about: Hashable) -> bool:
    """Return the answer of a world to a question; where what it asks for is out of reach, either answer."""
    try:
        return bool(question())
    except (OutOfReachError, Exception) as exc:  # noqa: BLE001  # whatever a guard makes of a stand-in
        nothing_there = isinstance(exc, AttributeError) and exc.obj is None
        world.fell = world.fell or (nothing_there and not world.assumed)
        world.assumed = True
        return world.choose(("answer", about), (False, True))


def answers(check: Callable[[Any], object], content: type[Any]) -> set[bool]:
    """Return everything a check of a content class can answer; both where there is too much to try."""
    return _outcomes(lambda world: check(_content(content, world, ("content", content), {})), check)


def cases_answer(check: Callable[[Any], object], lifecycle: Lifecycle, state: str, trigger: str) -> set[bool]:
    """Return everything a check of a case can answer in a state to which an act has just led."""
    return _outcomes(lambda world: check(CaseOf(world, lifecycle, state)), check, {("fact", trigger): True})


def _outcomes(
    question: Callable[[World], object],
    about: Hashable,
    decided: Mapping[Hashable, object] = MappingProxyType({}),
) -> set[bool]:
    try:
        return {asked(lambda world=world: question(world), world, about) for world in worlds(decided)}  # type: ignore[misc]
    except TooManyWorldsError:
        return {False, True}


def told(world: World) -> Label:
    """Return what a world decided, in words that a reader of the definition knows."""
    looked_into = {about[0] for about in world.chosen if isinstance(about, tuple)}
    said = [
        label
        for about, option in world.chosen.items()
        if about not in looked_into or not option  # that it is there goes without saying
        for label in _told(about, option)
    ]
    return Label("，".join(label.zh for label in said), ", ".join(label.en for label in said))


def _told(about: Any, option: Any) -> Iterator[Label]:  # noqa: ANN401  # what was decided, and what about
    match about:
        case ("fact", str(trigger)):
            yield (
                Label(f"已有 {trigger}", f"{trigger} on file") if option else Label(f"尚无 {trigger}", f"no {trigger}")
            )
        case ("latest", content, _):
            name = content.__name__
            yield Label(f"已有 {name}", f"{name} on file") if option else Label(f"尚无 {name}", f"no {name}")
        case (tuple(), str()):
            if not isinstance(option, _Maker):
                text = f"{_path(about)} = {option!r}"
                yield Label(text, text)
            elif option.make in {_Words, _several}:
                yield Label(f"{_path(about)} 已填", f"{_path(about)} filled in")


def _path(about: Any) -> str:  # noqa: ANN401  # what was decided about
    base, name = about
    if isinstance(base, tuple) and isinstance(base[0], tuple):
        return f"{_path(base)}.{name}"
    return f"{getattr(base[1], '__name__', base[1])}.{name}"
