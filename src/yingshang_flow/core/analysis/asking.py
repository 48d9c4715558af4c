"""What a question about a guard is answered with in a world, and what the world then decided, in words."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from yingshang_flow.core.analysis.standins import CaseOf, Maker, content_of, is_filled
from yingshang_flow.core.analysis.worlds import OutOfReachError, TooManyWorldsError, World, worlds
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.requirement import Forbids, Given, Needs, Requirement, Settled, View
from yingshang_flow.words import Label


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
    return _outcomes(lambda world: check(content_of(content, world, ("content", content), {})), check)


def cases_answer(check: Callable[[Any], object], lifecycle: Lifecycle, state: str, trigger: str) -> set[bool]:
    """Return everything a check of a case can answer in a state to which an act has just led."""
    return _outcomes(lambda world: check(CaseOf(world, lifecycle, state)), check, {("fact", trigger): True})


def _outcomes(
    question: Callable[[World], object],
    about: Hashable,
    decided: Mapping[Hashable, object] = MappingProxyType({}),
) -> set[bool]:
    found: set[bool] = set()
    try:
        for world in worlds(decided):
            found.add(asked(partial(question, world), world, about))
    except TooManyWorldsError:
        return {False, True}
    return found


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
            if not isinstance(option, Maker):
                text = f"{_path(about)} = {option!r}"
                yield Label(text, text)
            elif is_filled(option):
                yield Label(f"{_path(about)} 已填", f"{_path(about)} filled in")


def _path(about: Any) -> str:  # noqa: ANN401  # what was decided about
    base, name = about
    if isinstance(base, tuple) and isinstance(base[0], tuple):
        return f"{_path(base)}.{name}"
    return f"{getattr(base[1], '__name__', base[1])}.{name}"
