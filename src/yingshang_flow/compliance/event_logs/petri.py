"""A procedure as a Petri net: the order of its acts, for tools that replay logs; written as PNML or taken as it is."""

from collections.abc import Iterator
from typing import BinaryIO, Final, Literal

import attrs

from yingshang_flow.compliance.event_logs.xml_text import escaped, plain, quoted
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label

Ends = Literal["final", "any"]

_BEGIN, _END = "begin", "end"
_BEFORE: Final = Label("尚未立案", "Not opened yet")
_BEHIND: Final = Label("结束", "Over")


@attrs.frozen
class Place:
    """A place: a state of a case, or what is before the first or behind the last.

    Attributes:
        id: Its name in the net.
        state: The key of the state; empty for the two others.
        label: What people call it.
    """

    id: str
    state: str
    label: Label


@attrs.frozen
class Firing:
    """A transition of the net: a way of an act from a state to another or back to it.

    Attributes:
        id: Its name in the net.
        trigger: The key of the trigger; empty for one that no log shows, from where a case may end.
        source: The id of the place it takes the case from.
        target: The id of the place it brings the case to.
        label: What people call the act.
    """

    id: str
    trigger: str
    source: str
    target: str
    label: Label


@attrs.frozen
class PetriNet:
    """A net in which one token, the case, goes from place to place; every arc has the weight one.

    Attributes:
        lifecycle: The key of the lifecycle.
        profile: The key of the profile.
        label: What people call the procedure.
        places: The places; the token begins in the first and has to come to the last.
        transitions: The transitions, those that no log shows at the end.
    """

    lifecycle: str
    profile: str
    label: Label
    places: tuple[Place, ...]
    transitions: tuple[Firing, ...]

    @property
    def initial(self) -> str:
        """The id of the place where the token begins."""
        return self.places[0].id

    @property
    def final(self) -> str:
        """The id of the place to which the token has to come."""
        return self.places[-1].id


def petri_net(lifecycle: Lifecycle, *, ends: Ends = "final") -> PetriNet:
    """Return the Petri net of a procedure.

    It knows the order of acts only: not who may do them, what they need, or what chooses between two ways of the same
    act from the same state, of which either fits.

    Args:
        lifecycle: The procedure.
        ends: Where a case may end: in a ``final`` state, or in ``any``, so that one that still goes on fits too.
    """
    states = {state.key: f"state_{number}" for number, state in enumerate(lifecycle.states, 1)}
    ids = {"": _BEGIN, **states}
    ways = dict.fromkeys(
        (source, trigger, row.to or source) for (source, trigger), rows in lifecycle.rows.items() for row in rows
    )
    firings = [
        Firing(f"act_{number}", trigger, ids[source], ids[target], lifecycle.by_trigger[trigger].label)
        for number, (source, trigger, target) in enumerate(ways, 1)
    ]
    silent = [
        Firing(f"end_{number}", "", ids[state.key], _END, _BEHIND)
        for number, state in enumerate(lifecycle.states, 1)
        if state.final or ends == "any"
    ]
    return PetriNet(
        lifecycle.key,
        lifecycle.profile,
        lifecycle.title,
        (
            Place(_BEGIN, "", _BEFORE),
            *(Place(ids[state.key], state.key, state.label) for state in lifecycle.states),
            Place(_END, "", _BEHIND),
        ),
        (*firings, *silent),
    )


def write_pnml(file: BinaryIO, net: PetriNet) -> None:
    """Write a Petri net as PNML (ISO/IEC 15909-2), a place/transition net.

    Transitions are named by their triggers, as the events of ``write_xes`` are. Which ones no log shows, and the final
    marking, are said as ProM and pm4py say them.

    Args:
        file: Where to, opened for writing bytes.
        net: The net.

    Raises:
        OSError: It cannot be written.
    """
    file.write("".join(f"{line}\n" for line in _pnml(net)).encode())


def _pnml(net: PetriNet) -> Iterator[str]:
    name = f"{net.label.zh} {net.label.en}" + (f" ({net.profile})" if net.profile else "")
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">'
    yield f'<net id={quoted(plain(net.lifecycle))} type="http://www.pnml.org/version-2009/grammar/ptnet">'
    yield _name(name)
    yield '<page id="page">'
    for place in net.places:
        marked = "<initialMarking><text>1</text></initialMarking>" if place.id == net.initial else ""
        yield f'<place id="{place.id}">{_name(place.state or place.id)}{marked}</place>'
    for firing in net.transitions:
        unseen = "" if firing.trigger else '<toolspecific tool="ProM" version="6.4" activity="$invisible$"/>'
        yield f'<transition id="{firing.id}">{_name(firing.trigger or firing.id)}{unseen}</transition>'
    for firing in net.transitions:
        yield f'<arc id="{firing.id}_from" source="{firing.source}" target="{firing.id}"/>'
        yield f'<arc id="{firing.id}_to" source="{firing.id}" target="{firing.target}"/>'
    yield "</page>"
    marking = f'<place idref="{net.final}"><text>1</text></place>'
    yield f"<finalmarkings><marking>{marking}</marking></finalmarkings>"
    yield "</net>"
    yield "</pnml>"


def _name(text: str) -> str:
    return f"<name><text>{escaped(plain(text))}</text></name>"
