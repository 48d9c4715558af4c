"""The Petri net of a procedure: its shape, its PNML, and that pm4py's conformance checking agrees with the audit."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compliance.event_logs.mining import pm4py, quietly
from tests.lifecycles import complaining, interviewing, rectifying
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.compliance import PetriNet, audit, petri_net, write_pnml, write_xes
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Opening, Record
from yingshang_flow.deadlines import china

COMPLAINT = lifecycles.complaint("bayuquan-2018")


def pnml(net: PetriNet) -> bytes:
    file = io.BytesIO()
    write_pnml(file, net)
    return file.getvalue()


# --- its shape --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_the_places_are_the_states_and_the_transitions_every_way_of_the_table(key: str, profile: str) -> None:
    lifecycle = lifecycles.SHIPPED[key](profile)
    net = petri_net(lifecycle)
    assert [place.state for place in net.places] == ["", *lifecycle.by_state, ""]
    states = {place.id: place.state for place in net.places}
    ways = {(states[one.source], one.trigger, states[one.target]) for one in net.transitions if one.trigger}
    assert ways == {
        (source, trigger, row.to or source) for (source, trigger), rows in lifecycle.rows.items() for row in rows
    }
    final = {states[one.source] for one in net.transitions if not one.trigger}
    assert final == {state.key for state in lifecycle.states if state.final}
    assert {one.target for one in net.transitions if not one.trigger} == {net.final}
    ids = [*(place.id for place in net.places), *(one.id for one in net.transitions)]
    assert len(ids) == len(set(ids))
    assert (net.lifecycle, net.profile, net.label) == (key, profile, lifecycle.title)


def test_a_net_for_running_cases_lets_them_end_in_any_state() -> None:
    net = petri_net(COMPLAINT, ends="any")
    assert sum(not one.trigger for one in net.transitions) == len(COMPLAINT.states)


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_pm4py_reads_the_same_net(key: str, profile: str, tmp_path: Path) -> None:
    ours = petri_net(lifecycles.SHIPPED[key](profile))
    net, initial, final = read_net(ours, tmp_path)
    names = {transition.name: transition.label for transition in net.transitions}
    assert names == {one.id: one.trigger or None for one in ours.transitions}
    assert {place.name for place in net.places} == {place.id for place in ours.places}
    arcs = {(arc.source.name, arc.target.name) for arc in net.arcs}
    assert arcs == {arc for one in ours.transitions for arc in ((one.source, one.id), (one.id, one.target))}
    assert ({place.name for place in initial}, {place.name for place in final}) == ({ours.initial}, {ours.final})
    assert pm4py().analysis.check_is_workflow_net(net)


@quietly
def read_net(net: PetriNet, folder: Path) -> Any:  # noqa: ANN401 - pm4py's
    path = folder / "net.pnml"
    path.write_bytes(pnml(net))
    return pm4py().read_pnml(str(path))


def test_what_names_hold_is_escaped() -> None:
    odd = attrs.evolve(petri_net(COMPLAINT), lifecycle='a"<b>\x01', profile="甲 & 乙")
    assert '<net id="a&quot;&lt;b&gt;\N{REPLACEMENT CHARACTER}"' in pnml(odd).decode()
    assert "(甲 &amp; 乙)" in pnml(odd).decode()
    assert "()" not in pnml(attrs.evolve(odd, profile="")).decode()


# --- conformance ------------------------------------------------------------------------------------------------------


@cache
def legal() -> list[tuple[Lifecycle, tuple[Record, ...]]]:
    """Histories that the engine let through, whole and under way."""
    found = []
    for state in ("planned", "notified", "recorded", "tracking", "resolved"):
        interview = interviewing.Desk(units=interviewing.THREE)
        interview.reach(state)
        found.append((interview.lifecycle, interview.docket.history(interview.id)))
    for state in ("accepted", "handling", "closed"):
        complaint = complaining.Desk()
        complaint.reach(state)
        found.append((complaint.lifecycle, complaint.docket.history(complaint.id)))
    campaign = rectifying.Desk()
    campaign.reach("rectifying")
    item = campaign.listed()
    campaign.bring(item, "written_off")
    campaign.reach("closed")
    found += [(campaign.docket.lifecycle(case), campaign.docket.history(case)) for case in (campaign.id, item)]
    return found


def numbered(records: Sequence[Record], case: str, opening: Opening | None) -> list[Record]:
    """The acts as a whole history: of one case, without a gap, a day after another, as tools sort events by time."""
    first, *rest = records
    first = attrs.evolve(first, opening=opening)
    acts = [first, *(attrs.evolve(record, opening=None) for record in rest)]
    begun = date(2018, 1, 1)
    return [
        attrs.evolve(act, case=case, revision=place, occurred_at=Moment.of(begun + timedelta(days=place)))
        for place, act in enumerate(acts, 1)
    ]


def told_anew(lifecycle: Lifecycle, records: Sequence[Record]) -> list[Record]:
    """The same acts, each from where the table brings the case, as long as it has a way; without their content.

    That is how a history reads of which only the order of its acts is known.
    """
    way = longest(lifecycle, [record.trigger for record in records])
    states = [*way, *[way[-1]] * (len(records) + 1 - len(way))]
    return [
        attrs.evolve(record, before=before, after=after, content=None, changes=())
        for record, before, after in zip(records, states, states[1:], strict=False)
    ]


def longest(lifecycle: Lifecycle, triggers: Sequence[str]) -> list[str]:
    """The longest way through the table that some of the triggers from the first on can take."""
    ways: list[list[str]] = [[""]]
    best = ways[0]
    for trigger in triggers:
        further = {
            row.to or way[-1]: [*way, row.to or way[-1]]
            for way in ways
            for row in lifecycle.rows.get((way[-1], trigger), ())
        }
        if not further:
            break
        ways = list(further.values())
        best = ways[0]
    return best


def out_of_order(lifecycle: Lifecycle, records: Sequence[Record]) -> bool:
    """Whether the audit finds an act that the procedure does not have where it was done.

    It also finds an act that took another of its ways than it should have, of which a net knows nothing.
    """
    found = [one.label.en for one in audit(records, lifecycle, calendar=china()).irregular if one.code == "state"]
    assert set(found) <= {OUT_OF_ORDER, "the act leads to another state"}
    return OUT_OF_ORDER in found


OUT_OF_ORDER = "the procedure does not have this act in this state"
MUTILATIONS = ("drop", "reorder", "double")


def mutilated(records: Sequence[Record], how: str, place: int) -> list[Record]:
    acts = list(records)
    if how == "drop":
        del acts[place]
    elif how == "double":
        acts.insert(place, acts[place])
    elif place + 1 < len(acts):
        acts[place], acts[place + 1] = acts[place + 1], acts[place]
    return acts


@cache
def cases() -> list[tuple[Lifecycle, list[Record], bool]]:
    """Every legal history, and it with an act dropped, doubled or changed with the next; and whether it is changed."""
    found: list[tuple[Lifecycle, list[Record], bool]] = []
    for lifecycle, history in legal():
        acts = [record for record in history if record.kind is Kind.ACT]
        found.append((lifecycle, numbered(acts, f"case-{len(found)}", acts[0].opening), False))
        for how in MUTILATIONS:
            for place in range(len(acts)):
                changed = mutilated(acts, how, place)
                if changed and changed != acts:
                    found.append((lifecycle, numbered(changed, f"case-{len(found)}", acts[0].opening), True))
    return found


@quietly
def fitting(lifecycle: Lifecycle, histories: Sequence[Sequence[Record]], folder: Path, how: str) -> dict[str, bool]:
    """Whether each case fits the net, as pm4py says of our two files."""
    mining = pm4py()
    log = folder / "log.xes"
    with log.open("wb") as file:
        write_xes(file, [(history, lifecycle) for history in histories])
    traces = mining.convert_to_event_log(mining.read_xes(str(log)))
    net, initial, final = read_net(petri_net(lifecycle, ends="any" if how == "alignments" else "final"), folder)
    if how == "alignments":
        said = mining.conformance_diagnostics_alignments(traces, net, initial, final)
        fits = [one["fitness"] == 1.0 for one in said]
    else:
        fits = [
            one["trace_is_fit"]
            for one in mining.conformance_diagnostics_token_based_replay(traces, net, initial, final)
        ]
    return dict(zip((trace.attributes["concept:name"] for trace in traces), fits, strict=True))


def by_lifecycle() -> list[Lifecycle]:
    return list({lifecycle.key: lifecycle for lifecycle, _ in legal()}.values())


@pytest.mark.parametrize("place", range(4))
def test_alignments_agree_with_the_audit_on_which_cases_are_out_of_order(place: int, tmp_path: Path) -> None:
    lifecycle = by_lifecycle()[place]
    mine = [told_anew(lifecycle, history) for under, history, _ in cases() if under is lifecycle]
    ours = {history[0].case: not out_of_order(lifecycle, history) for history in mine}
    assert fitting(lifecycle, mine, tmp_path, "alignments") == ours
    assert 0 < sum(ours.values()) < len(ours)


@pytest.mark.parametrize("place", range(4))
def test_what_the_audit_finds_in_order_always_fits_and_legal_histories_are(place: int, tmp_path: Path) -> None:
    lifecycle = by_lifecycle()[place]
    mine = [(history, changed) for under, history, changed in cases() if under is lifecycle]
    fits = fitting(lifecycle, [history for history, _ in mine], tmp_path, "alignments")
    for history, changed in mine:
        ordered = not out_of_order(lifecycle, history)
        assert fits[history[0].case] or not ordered
        assert changed or ordered


@pytest.mark.parametrize("place", range(4))
def test_replaying_tokens_agrees_of_cases_that_have_ended(place: int, tmp_path: Path) -> None:
    lifecycle = by_lifecycle()[place]
    final = {state.key for state in lifecycle.states if state.final}
    mine = [told_anew(lifecycle, history) for under, history, _ in cases() if under is lifecycle]
    ended = [history for history in mine if history[-1].after in final]
    assert ended
    ours = {history[0].case: not out_of_order(lifecycle, history) for history in ended}
    fits = fitting(lifecycle, ended, tmp_path, "tokens")
    assert {case for case, fit in fits.items() if fit} <= {case for case, ordered in ours.items() if ordered}
    if lifecycle.key != "interview":  # a report has two ways from one state there, of which the replay tries only one
        assert fits == ours


@given(st.data())
def test_a_walk_through_the_net_is_in_order_by_the_audit(data: st.DataObject) -> None:
    lifecycle, history = data.draw(st.sampled_from(legal()))
    net = petri_net(lifecycle)
    states = {place.id: place.state for place in net.places}
    at, walked = net.initial, []
    for _ in range(data.draw(st.integers(1, 12))):
        ways = [one for one in net.transitions if one.source == at and one.trigger]
        if not ways:
            break
        walked.append(data.draw(st.sampled_from(ways)))
        at = walked[-1].target
    first = history[0]
    records = [
        attrs.evolve(
            first,
            revision=place,
            trigger=one.trigger,
            before=states[one.source],
            after=states[one.target],
            content=None,
            changes=(),
            opening=first.opening if place == 1 else None,
        )
        for place, one in enumerate(walked, 1)
    ]
    assert not out_of_order(lifecycle, records)
