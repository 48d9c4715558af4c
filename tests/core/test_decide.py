"""Decisions: what an act yields, what refuses it, and the case after it."""

import copy
from datetime import date, datetime, timedelta

import attrs
import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st

from tests.core.roadworks import (
    BOSS,
    CALENDAR,
    OFFICE,
    OPENING,
    ROADWORKS,
    Inspection,
    Log,
    Order,
    Promise,
    Story,
    Witness,
    at,
    crew,
    on,
    told,
)
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.decide import Act, clock, decide, evolve, options, unit_of
from yingshang_flow.core.lifecycle import Transition, Trigger, move, stay
from yingshang_flow.core.limit import Obligors
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.errors import ContentError, RefusedError, TimeError, UnknownError
from yingshang_flow.words import Label

CITIZEN = Actor("p-1", "个人", "citizen")
GOOD = Inspection("good", signed="boss")


def refusal(story: Story, trigger: str, when: str, content: object = None, by: Actor = BOSS) -> RefusedError:
    """Return the refusal of an act."""
    with pytest.raises(RefusedError) as caught:
        story.act(trigger, when, content, by=by)
    return caught.value


def codes(error: RefusedError) -> list[tuple[str, tuple[str, ...]]]:
    """Return the code and findings of everything that is unmet."""
    return [(unmet.code, unmet.found) for unmet in error.unmet]


class TestARecord:
    def test_of_an_opening_is_the_first_and_says_what_the_case_is_under(self) -> None:
        story = told("Li", started=None)
        record = story.records[0]
        assert (record.case, record.revision, record.kind, record.before, record.after) == (
            "c1",
            1,
            Kind.ACT,
            "",
            "ordered",
        )
        assert record.opening == OPENING

    def test_holds_the_act_as_it_was_given(self) -> None:
        story = told("Li")
        record = story.act("log", on("2021-03-03"), Log("done"), by=crew("Li"), entered="2021-03-09 10:00")
        assert (record.trigger, record.content, record.actor) == ("log", Log("done"), crew("Li"))
        assert (record.occurred_at, record.recorded_at) == (on("2021-03-03"), at("2021-03-09 10:00"))
        assert (record.obligors, record.opening, record.key) == (("Li",), None, None)

    def test_keeps_the_key_of_its_act(self) -> None:
        act = Act("order", Order(("Li",), "holes"), BOSS, on("2021-03-01"), "k1")
        record = decide(ROADWORKS, None, act, now=at("2021-03-01"), calendar=CALENDAR, id="c", opening=OPENING)
        assert record.key == "k1"

    def test_of_an_act_has_the_next_revision(self) -> None:
        story = told("Li")
        story.tick("2021-03-30")
        assert story.act("turn", "2021-03-30").revision == 4

    def test_of_the_clock_has_no_actor_and_leaves_the_state(self) -> None:
        story = told("Li")
        record = clock(ROADWORKS, story.standing, until=at("2021-03-30"), now=at("2021-03-31"), calendar=CALENDAR)
        assert record is not None
        assert (record.kind, record.trigger, record.actor, record.content) == (Kind.CLOCK, "", None, None)
        assert (record.before, record.after, record.revision) == ("working", "working", 3)
        assert (record.occurred_at, record.recorded_at) == (Moment.of(at("2021-03-30")), at("2021-03-31"))

    def test_without_changes_is_the_same_where_no_limit_is_concerned(self) -> None:
        story = told("Li", started=None)
        assert story.act("complain", "2021-03-02", Witness(Confidential("A")), by=CITIZEN).changes == ()


def acts() -> st.SearchStrategy[Act]:
    """Return acts, most of them nonsense."""
    contents = st.sampled_from([None, Log(), Log("x", ("Li",)), Log("x", ("Wu",)), Promise(), GOOD, Order()])
    actors = st.sampled_from([BOSS, crew("Li"), crew("Wu"), CITIZEN])
    moments = st.datetimes(datetime(2021, 2, 1), datetime(2021, 5, 1)).map(  # noqa: DTZ001  # made aware below
        lambda moment: Moment.of(moment.replace(tzinfo=at("2021-01-01").tzinfo))
    )
    triggers = st.sampled_from([trigger.key for trigger in ROADWORKS.triggers])
    return st.builds(Act, triggers, contents, actors, moments)


def outcome(act: Act, story: Story) -> object:
    """Return a decision, or the error in words."""
    try:
        return decide(ROADWORKS, story.case, act, now=at("2021-04-10"), calendar=CALENDAR, id="c1", opening=OPENING)
    except (ContentError, RefusedError, TimeError) as exc:
        return type(exc), str(exc)


class TestADecision:
    @given_by(act=acts(), started=st.booleans())
    def test_is_pure(self, act: Act, *, started: bool) -> None:
        story = told("Li", "Wang", started="2021-03-02" if started else None)
        before, same = copy.deepcopy(story.case), copy.deepcopy(act)
        first = outcome(act, story)
        assert outcome(act, story) == first
        assert (story.case, act) == (before, same)

    @given_by(acts())
    def test_counts_the_revision_up_by_one_and_starts_where_the_case_stands(self, act: Act) -> None:
        story = told("Li")
        record = outcome(act, story)
        if isinstance(record, Record):
            after = evolve(story.standing, record)
            assert record.revision == after.revision == story.standing.revision + 1
            assert record.before == story.standing.state
            assert after.state == record.after

    def test_of_an_unknown_trigger_names_those_there_are(self) -> None:
        with pytest.raises(UnknownError, match=r"no trigger 'fly'; it has order, postpone, start"):
            told("Li").act("fly", "2021-03-03")

    def test_of_an_unknown_role_names_those_there_are(self) -> None:
        with pytest.raises(UnknownError, match=r"no role 'king'; it has office, crew, citizen"):
            told("Li").act("turn", "2021-03-03", by=Actor("a", "b", "king"))

    @pytest.mark.parametrize(
        ("trigger", "content", "message"),
        [
            ("promise", None, "needs content: Promise"),
            ("promise", Log(), "needs content of class Promise, not Log"),
            ("turn", Log(), "takes no content, not a Log"),
        ],
    )
    def test_of_content_of_another_class_says_which_is_needed(
        self, trigger: str, content: object, message: str
    ) -> None:
        with pytest.raises(ContentError, match=f"^roadworks.{trigger}: {message}$"):
            told("Li").act(trigger, "2021-03-03", content)


class TestARefusal:
    def test_names_the_state_and_what_is_possible_there(self) -> None:
        error = refusal(told("Li", started=None), "rest", "2021-03-02")
        assert (error.case, error.trigger, error.state) == ("c1", "rest", "ordered")
        assert error.possible == ("postpone", "start", "note", "complain", "drop")
        assert codes(error) == [("state", ())]

    def test_of_an_opening_has_neither_case_nor_state(self) -> None:
        error = refusal(Story(), "start", "2021-03-02")
        assert (error.case, error.state, error.possible) == ("", "", ("order",))

    def test_of_a_second_opening_is_one_of_state(self) -> None:
        assert codes(refusal(told("Li"), "order", "2021-03-02", Order(("Li",), "x"))) == [("state", ())]

    def test_reports_every_unmet_requirement_together(self) -> None:
        error = refusal(told("Li", "Wang"), "inspect", "2021-03-03", Inspection("good", ("a", "b"), " "), crew("Li"))
        assert codes(error) == [
            ("role", ("crew",)),
            ("L1", ("Li: 2021-03-12", "Wang: 2021-03-12")),
            ("G2", ("a", "b")),
            ("G2", (str(Label("signed", "signed")),)),
        ]

    def test_reports_the_fields_of_an_opening_that_are_empty(self) -> None:
        assert codes(refusal(Story(), "order", "2021-03-01", Order())) == [("G1", ("reason reason", "crews crews"))]

    def test_of_a_role_cites_the_rules_of_the_row(self) -> None:
        (unmet,) = refusal(told("Li", started=None), "start", "2021-03-03", by=crew("Li")).unmet
        assert unmet.label.en == "to be done by office; not by somebody acting as"
        assert [str(citation) for citation in unmet.citations] == ["ours L1"]

    def test_where_no_branch_applies_is_one_of_branch(self) -> None:
        rows = [row for row in ROADWORKS.transitions if row.trigger != "inspect" or row.when]
        story = Story(attrs.evolve(ROADWORKS, transitions=rows))
        story.act("order", "2021-03-01", Order(("Li",), "holes"))
        story.act("start", "2021-03-02")
        assert codes(refusal(story, "inspect", "2021-03-03", Inspection("bad"))) == [("branch", ())]


class TestABranch:
    def test_is_chosen_by_the_first_row_whose_conditions_hold(self) -> None:
        story = told("Li")
        story.act("log", "2021-03-03", Log(), by=crew("Li"))
        assert story.act("inspect", "2021-03-04", GOOD).after == "closed"

    def test_is_the_next_one_where_they_do_not_hold(self) -> None:
        story = told("Li")
        story.act("log", "2021-03-03", Log(), by=crew("Li"))
        assert story.act("inspect", "2021-03-04", Inspection("bad")).after == "resting"

    def test_that_applies_but_is_refused_is_not_stepped_over(self) -> None:
        story = told("Li", "Wang")
        story.act("log", "2021-03-03", Log(), by=crew("Li"))
        assert codes(refusal(story, "inspect", "2021-03-04", GOOD)) == [("L1", ("Wang: 2021-03-12",))]


class TestTheTimeOfAnAct:
    def test_may_be_now(self) -> None:
        record = told("Li").act("turn", "2021-03-03 10:00", entered="2021-03-03 10:00")
        assert record.occurred_at.instant == record.recorded_at

    def test_may_be_today_as_a_day(self) -> None:
        record = told("Li").act("turn", on("2021-03-03"), entered="2021-03-03 00:00")
        assert record.occurred_at == on("2021-03-03")

    @pytest.mark.parametrize("when", [Moment.of(at("2021-03-03 10:01")), on("2021-03-04")])
    def test_is_never_in_the_future(self, when: Moment) -> None:
        with pytest.raises(TimeError, match="which lies after 2021-03-03 10:00"):
            told("Li").act("turn", when, entered="2021-03-03 10:00")

    def test_of_a_move_is_not_before_the_move_before_it(self) -> None:
        with pytest.raises(TimeError, match=r"'rest' is said .* before the case came into its state on 2021-03-02"):
            told("Li").act("rest", "2021-03-01 23:59")

    def test_of_a_move_may_be_before_an_act_that_stayed(self) -> None:
        story = told("Li")
        story.act("turn", "2021-03-09")
        assert story.act("rest", "2021-03-05").after == "resting"

    def test_of_an_act_that_stays_is_not_before_the_same_obligors_previous_act(self) -> None:
        story = told("Li")
        story.act("log", "2021-03-09", Log(), by=crew("Li"))
        with pytest.raises(TimeError, match="before 'log' happened on 2021-03-09"):
            story.act("check_in", "2021-03-08", by=crew("Li"))

    def test_of_one_unit_does_not_depend_on_that_of_another(self) -> None:
        story = told("Li", "Wang")
        story.act("log", "2021-03-09", Log(), by=crew("Li"))
        assert story.act("log", "2021-03-03", Log(), by=crew("Wang")).obligors == ("Wang",)

    def test_of_an_act_for_the_whole_case_is_not_before_its_own_previous_time(self) -> None:
        story = told("Li")
        story.act("turn", "2021-03-09")
        assert story.act("keep", "2021-03-03").occurred_at.date == date(2021, 3, 3)
        with pytest.raises(TimeError, match="before 'turn' happened"):
            story.act("turn", "2021-03-08")

    def test_of_an_act_that_stays_may_be_before_the_last_move_but_not_before_the_opening(self) -> None:
        story = told("Li")
        story.act("rest", "2021-03-20")
        assert story.act("turn", "2021-03-10").after == "resting"
        with pytest.raises(TimeError, match="before the case could take it on 2021-03-0"):
            told("Li").act("turn", "2021-02-28")

    def test_is_not_before_the_opening_even_after_an_act_known_by_its_day_only(self) -> None:
        story = told("Li", when="2021-03-01 10:00", started=None)
        story.act("complain", on("2021-03-01"), Witness(Confidential("A")), by=CITIZEN)
        with pytest.raises(TimeError, match="before the case could take it"):
            story.act("complain", "2021-03-01 09:00", Witness(Confidential("A")), by=CITIZEN)

    def test_as_a_day_is_not_before_an_instant_of_that_day(self) -> None:
        story = told("Li", started="2021-03-02 15:00")
        assert story.act("rest", on("2021-03-02")).after == "resting"

    def test_as_an_instant_may_follow_a_day_it_belongs_to(self) -> None:
        story = told("Li", started=None)
        story.act("start", on("2021-03-02"))
        assert story.act("rest", "2021-03-02 09:00").after == "resting"

    def test_as_a_day_is_before_an_instant_of_the_next(self) -> None:
        with pytest.raises(TimeError, match="before"):
            told("Li", started="2021-03-02 00:00").act("rest", on("2021-03-01"))

    def test_of_the_first_report_counts_from_the_opening_even_after_a_day_long_opening(self) -> None:
        story = Story()
        story.act("order", on("2021-03-01"), Order(("Li",), "holes"))
        assert story.act("complain", "2021-03-01 08:00", Witness(Confidential("A")), by=CITIZEN).after == "ordered"


class TestForWhomAnActCounts:
    def test_is_the_actors_own_unit(self) -> None:
        assert told("Li", "Wang").act("log", "2021-03-03", Log(), by=crew("Wang")).obligors == ("Wang",)

    def test_is_nobody_where_the_trigger_is_for_the_case(self) -> None:
        assert told("Li").act("turn", "2021-03-03").obligors == ()

    def test_is_never_a_unit_that_is_not_concerned(self) -> None:
        error = refusal(told("Li"), "log", "2021-03-03", Log(), by=crew("Wu"))
        assert codes(error) == [("obligor", ("Wu",))]

    def test_is_never_a_stranger_whoever_names_them(self) -> None:
        for by in (BOSS, crew("Li")):
            error = refusal(told("Li"), "log", "2021-03-03", Log("", ("Li", "Wu", "Xu")), by=by)
            assert codes(error) == [("obligor", ("Wu", "Xu"))]

    def test_has_to_be_said_by_another_role(self) -> None:
        error = refusal(told("Li", "Wang"), "log", "2021-03-03", Log())
        assert codes(error) == [("obligor", ("Li", "Wang"))]

    def test_is_whom_another_role_names(self) -> None:
        assert told("Li", "Wang").act("log", "2021-03-03", Log("", ("Wang",))).obligors == ("Wang",)

    def test_is_everybody_whom_a_joint_act_names(self) -> None:
        record = told("Li", "Wang").act("log", "2021-03-03", Log("", ("Wang", "Li")), by=crew("Li"))
        assert record.obligors == ("Wang", "Li")

    def test_is_everybody_once_however_often_they_are_named(self) -> None:
        record = told("Li", "Wang").act("log", "2021-03-03", Log("", ("Li", "Wang", "Li")), by=crew("Li"))
        assert record.obligors == ("Li", "Wang")

    def test_is_not_only_others_when_a_unit_acts_itself(self) -> None:
        error = refusal(told("Li", "Wang"), "log", "2021-03-03", Log("", ("Wang",)), by=crew("Li"))
        assert codes(error) == [("obligor", ("Li",))]

    def test_is_reported_together_with_what_else_is_unmet(self) -> None:
        story = Story(attrs.evolve(ROADWORKS, transitions=[_strict(row) for row in ROADWORKS.transitions]))
        story.act("order", "2021-03-01", Order(("Li",), "holes"))
        story.act("start", "2021-03-02")
        assert [code for code, _ in codes(refusal(story, "log", "2021-03-03", Log(), by=crew("Wu")))] == [
            "role",
            "obligor",
        ]

    def test_is_the_group_in_which_a_unit_has_owed_longest(self) -> None:
        story = told("north/Li", "south/Li")
        assert story.act("check_in", "2021-03-03", by=crew("Li")).obligors == ("north/Li",)
        assert story.act("check_in", "2021-03-03", by=crew("Li")).obligors == ("south/Li",)
        assert story.act("check_in", "2021-03-03", by=crew("Li")).obligors == ("north/Li",)

    def test_is_the_group_that_owes_what_the_act_meets_and_not_something_older(self) -> None:
        story = told("north/Li", "south/Li")
        story.act("log", "2021-03-03", Log("", ("north/Li",)), by=crew("Li"))
        # South still owes a log since 12 March, which checking in does not meet; north is the first to owe a check.
        story.act("check_in", "2021-03-03", by=crew("Li"))
        story.act("check_in", "2021-03-03", by=crew("Li"))
        story.tick("2021-03-13")
        assert story.act("check_in", "2021-03-13", by=crew("Li")).obligors == ("north/Li",)

    def test_is_the_first_group_where_nothing_is_owed(self) -> None:
        story = Story(attrs.evolve(ROADWORKS, limits=[]))
        story.act("order", "2021-03-01", Order(("north/Li", "south/Li"), "holes"))
        story.act("start", "2021-03-02")
        assert story.act("log", "2021-03-03", Log(), by=crew("Li")).obligors == ("north/Li",)

    def test_is_not_asked_at_an_opening(self) -> None:
        each = [attrs.evolve(t, each=Obligors("x", Label("", ""), _nobody, "office")) for t in ROADWORKS.triggers[:1]]
        story = Story(attrs.evolve(ROADWORKS, triggers=[*each, *ROADWORKS.triggers[1:]]))
        assert story.act("order", "2021-03-01", Order(("Li",), "holes")).obligors == ()

    @pytest.mark.parametrize(("obligor", "unit"), [("Li", "Li"), ("north/Li", "Li"), ("a/b/Li", "Li")])
    def test_is_written_as_the_unit_or_as_group_and_unit(self, obligor: str, unit: str) -> None:
        assert unit_of(obligor) == unit


def _strict(row: Transition) -> Transition:
    return attrs.evolve(row, by=OFFICE) if row.trigger == "log" else row


def _nobody(_: object) -> tuple[str, ...]:
    return ()


class TestTheCaseAfterARecord:
    def test_keeps_the_latest_content_of_each_trigger_and_obligor(self) -> None:
        story = told("Li", "Wang")
        story.act("log", "2021-03-03", Log("one"), by=crew("Li"))
        story.act("log", "2021-03-04", Log("two"), by=crew("Wang"))
        story.act("log", "2021-03-05", Log("three"), by=crew("Li"))
        facts = story.standing.facts["log"]
        assert {who: fact.content for who, fact in facts.items()} == {"Li": Log("three"), "Wang": Log("two")}
        assert facts["Li"].actor == crew("Li")
        assert facts["Li"].occurred_at == Moment.of(at("2021-03-05"))

    def test_keeps_a_joint_act_for_everybody(self) -> None:
        story = told("Li", "Wang")
        story.act("log", "2021-03-03", Log("both", ("Li", "Wang")))
        assert set(story.standing.facts["log"]) == {"Li", "Wang"}

    def test_knows_the_units_that_act_owe_or_are_dealt_with(self) -> None:
        assert told("north/Li", "Wang").standing.units == ("市政办", "Li", "Wang")

    def test_knows_a_unit_once(self) -> None:
        story = told("Li")
        story.act("complain", "2021-03-03", Witness(Confidential("A")), by=CITIZEN)
        story.act("turn", "2021-03-03")
        story.act("log", "2021-03-03", Log(), by=crew("Li"))
        assert story.standing.units == ("市政办", "Li", "个人")

    def test_remembers_when_it_was_opened_when_it_moved_and_when_it_was_last_entered(self) -> None:
        story = told("Li")
        story.act("turn", "2021-03-05", entered="2021-03-06")
        case = story.standing
        assert (case.opened, case.moved) == (Moment.of(at("2021-03-01")), Moment.of(at("2021-03-02")))
        assert (case.recorded_at, case.acted, case.revision) == (at("2021-03-06"), 3, 3)

    def test_has_not_moved_where_a_row_leads_back_to_its_own_state(self) -> None:
        rows = [attrs.evolve(row, to="working") if row.trigger == "keep" else row for row in ROADWORKS.transitions]
        story = Story(attrs.evolve(ROADWORKS, transitions=rows))
        story.act("order", "2021-03-01", Order(("Li",), "holes"))
        story.act("start", "2021-03-02")
        story.act("keep", "2021-03-09")
        assert story.standing.moved == Moment.of(at("2021-03-02"))

    def test_counts_records_of_the_clock_but_not_as_acts(self) -> None:
        story = told("Li")
        facts, units = story.standing.facts, story.standing.units
        story.tick("2021-03-30")
        case = story.standing
        assert (case.revision, case.acted, case.recorded_at) == (3, 2, at("2021-03-30"))
        assert (case.facts, case.units) == (facts, units)

    def test_is_another_one_and_the_case_before_stays(self) -> None:
        story = told("Li")
        before = copy.deepcopy(story.standing)
        same = story.standing
        story.act("log", "2021-03-03", Log(), by=crew("Li"))
        assert same == before


class TestOptions:
    def test_name_every_trigger_once_in_the_order_of_the_definition(self) -> None:
        found = options(ROADWORKS, told("Li").case, BOSS)
        assert [option.trigger for option in found] == list(ROADWORKS.triggers)

    def test_of_no_case_are_the_openings(self) -> None:
        assert [o.trigger.key for o in options(ROADWORKS, None, BOSS) if o.status != "refused"] == ["order"]

    @pytest.mark.parametrize(
        ("trigger", "by", "status", "to", "unmet"),
        [
            ("order", BOSS, "refused", None, ["state"]),
            ("turn", BOSS, "allowed", None, []),
            ("rest", BOSS, "allowed", "resting", []),
            ("rest", crew("Li"), "refused", "resting", ["role"]),
            ("promise", BOSS, "asks", None, []),
            ("log", crew("Li"), "asks", None, []),
            ("log", crew("Wu"), "refused", None, ["obligor"]),
            ("log", BOSS, "asks", None, []),
            ("check_in", crew("Li"), "allowed", None, []),
            ("check_in", BOSS, "refused", None, ["obligor"]),
            ("inspect", BOSS, "refused", None, ["L1"]),
        ],
    )
    def test_say_what_a_trigger_would_meet_with(
        self, trigger: str, by: Actor, status: str, to: str | None, unmet: list[str]
    ) -> None:
        (found,) = (o for o in options(ROADWORKS, told("Li").case, by) if o.trigger.key == trigger)
        assert (found.status, found.to, [u.code for u in found.unmet]) == (status, to, unmet)

    def test_leave_a_branch_to_the_content_where_one_of_its_ways_is_open(self) -> None:
        story = told("Li", "Wang")
        story.act("log", "2021-03-03", Log(), by=crew("Li"))
        (found,) = (o for o in options(ROADWORKS, story.case, BOSS) if o.trigger.key == "inspect")
        assert (found.status, found.to, found.unmet) == ("asks", None, ())

    def test_refuse_where_no_branch_applies_whatever_the_content_says(self) -> None:
        never = stay("keep", "working", by=OFFICE, when=_ALL_LOGGED)
        rows = [*(row for row in ROADWORKS.transitions if row.trigger != "keep"), never]
        (found,) = (
            o
            for o in options(attrs.evolve(ROADWORKS, transitions=rows), told("Li").case, BOSS)
            if o.trigger.key == "keep"
        )
        assert (found.status, [u.code for u in found.unmet]) == ("refused", ["branch"])

    def test_count_what_the_act_itself_settles(self) -> None:
        rows = [
            *(row for row in ROADWORKS.transitions if row.trigger not in {"log", "check_in"}),
            *(stay(trigger, "working", by=[*_BY], needs=_ALL_LOGGED) for trigger in ("log", "check_in")),
        ]
        lifecycle = attrs.evolve(ROADWORKS, transitions=rows)
        found = {o.trigger.key: o.status for o in options(lifecycle, told("Li").case, crew("Li"))}
        assert (found["log"], found["check_in"]) == ("asks", "allowed")
        # A joint log could name both, whoever enters it; a check-in counts for one.
        for by, check_in in ((crew("Li"), "refused"), (BOSS, "refused")):
            found = {o.trigger.key: o.status for o in options(lifecycle, told("Li", "Wang").case, by)}
            assert (found["log"], found["check_in"]) == ("asks", check_in)

    def test_lead_nowhere_that_a_row_without_conditions_stands_before(self) -> None:
        rows = [*ROADWORKS.transitions, move("rest", "working", to="dropped", by=OFFICE)]
        (found,) = (
            o
            for o in options(attrs.evolve(ROADWORKS, transitions=rows), told("Li").case, BOSS)
            if o.trigger.key == "rest"
        )
        assert (found.status, found.to) == ("allowed", "resting")

    @given_by(
        act=acts(),
        started=st.sampled_from([None, "2021-03-02"]),
        logged=st.sets(st.sampled_from(["Li", "Wang"])),
        bad=st.booleans(),
    )
    def test_agree_with_the_decision(self, act: Act, started: str | None, logged: set[str], *, bad: bool) -> None:
        story = told("Li", "Wang", started=started)
        if started is not None:
            for unit in sorted(logged):
                story.act("log", "2021-03-03", Log(), by=crew(unit))
        content = {"promise": Promise(), "order": Order(("Li",), "x"), "inspect": GOOD}.get(act.trigger, act.content)
        if act.trigger == "inspect" and bad:
            content = Inspection("bad")
        act = attrs.evolve(act, content=content, occurred_at=Moment.of(at("2021-04-10")))
        trigger = ROADWORKS.trigger(act.trigger)
        (option,) = (o for o in options(ROADWORKS, story.case, act.actor) if o.trigger == trigger)
        if type(act.content) is not (trigger.content or type(None)):
            act = attrs.evolve(act, content=None)
        if (act.content is None) is not (trigger.content is None):
            return
        found = outcome(act, story)
        if option.status == "refused":
            assert not isinstance(found, Record)
        elif option.status == "allowed":
            assert isinstance(found, Record)
            assert option.to in {None, found.after}


_BY = [ROADWORKS.role("crew"), ROADWORKS.role("office")]
_ALL_LOGGED = next(row for row in ROADWORKS.transitions if row.trigger == "inspect").needs[0]


def test_a_trigger_without_obligors_in_its_content_can_only_be_used_by_those_concerned() -> None:
    assert codes(refusal(told("Li"), "check_in", "2021-03-03")) == [("obligor", ("Li",))]


def test_an_opened_case_starts_counting_where_it_was_opened_and_not_where_it_was_entered() -> None:
    story = Story()
    story.act("order", on("2021-03-01"), Order(("Li",), "holes"), entered=at("2021-03-01") + timedelta(days=30))
    assert story.standing.deadlines[0].start == date(2021, 3, 1)


def test_a_trigger_says_what_it_is() -> None:
    assert Trigger("x", Label("甲", "a")) == Trigger("x", Label("甲", "a"), None, None, None)
