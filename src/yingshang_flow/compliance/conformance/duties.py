"""Holds a whole history against the duties of its definition, template by template."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from yingshang_flow.compliance.conformance.finding import Finding
from yingshang_flow.compliance.conformance.noting import Notes
from yingshang_flow.core.amend import Key
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.duty import AtMost, Duty, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.words import Label, Rule

TO_COMPARE: Final = Label("须与其他案件比对", "needs a comparison with other cases")


class Duties:
    """Checks the duties of one history.

    Args:
        lifecycle: The definition it ran under.
        deadlines: Every deadline there was.
        now: The aware instant as of which they are judged.
        notes: Where it is noted.
    """

    def __init__(self, lifecycle: Lifecycle, deadlines: Mapping[Key, Deadline], now: datetime, notes: Notes) -> None:
        self._lifecycle = lifecycle
        self._deadlines = deadlines
        self._now = now
        self._notes = notes

    def check(self, duty: Duty, history: Sequence[Record], case: Case, *, ended: bool) -> None:
        """Note for each rule of a duty what the history shows of it.

        Args:
            duty: The duty.
            history: The records that count, in order.
            case: Where the case stands at last.
            ended: Whether that is an end.
        """
        acts = [record for record in history if record.kind is Kind.ACT]
        match duty:
            case Response():
                self._check_response(duty, acts, case, ended=ended)
            case Precedence():
                self._check_precedence(duty, acts)
            case InTime():
                self._check_in_time(duty, acts)
            case Never():
                self._check_never(duty, acts)
            case AtMost():
                for number, record in enumerate((act for act in acts if act.trigger == duty.trigger), 1):
                    self._tell(duty, record, broken=number > duty.times)
            case Holds():
                self._check_content(duty, [act for act in acts if act.trigger == duty.trigger])
            case _:
                self._note_all(duty, TO_COMPARE.zh, TO_COMPARE.en)

    def _check_content(self, duty: Holds, acts: Sequence[Record]) -> None:
        for record in acts:
            if record.content is None:
                self._note_all(duty, f"{record.occurred_at}：无内容可查", f"{record.occurred_at}: no content to check")
            else:
                self._tell(duty, record, broken=not duty.check(record.content))

    def _check_response(self, duty: Response, acts: Sequence[Record], case: Case, *, ended: bool) -> None:
        whom = ("",) if duty.each is None else duty.each.members(case)
        for index, record in enumerate(acts):
            if record.trigger != duty.trigger:
                continue
            answers = [later for later in acts[index + 1 :] if later.trigger in duty.answers]
            for who in whom:
                answer = next((later for later in answers if not who or who in later.obligors), None)
                if answer is not None:
                    self._tell(duty, answer, broken=False)
                elif any(later.trigger in duty.unless for later in acts):
                    continue
                elif ended:
                    self._tell(duty, record, broken=True, unit=who, untold=self._notes.untold(duty.answers))
                else:
                    self._note_all(
                        duty,
                        f"{who}{record.occurred_at}起，尚未办理",
                        f"{who} owed since {record.occurred_at}, not done yet".lstrip(),
                    )

    def _check_precedence(self, duty: Precedence, acts: Sequence[Record]) -> None:
        for index, record in enumerate(acts):
            if record.trigger == duty.trigger:
                missing = all(act.trigger not in duty.earlier for act in acts[:index])
                self._tell(duty, record, broken=missing, untold=self._notes.untold(duty.earlier))

    def _check_in_time(self, duty: InTime, acts: Sequence[Record]) -> None:
        for record in (act for act in acts if act.trigger == duty.trigger):
            ends = [
                deadline.end
                for deadline in self._deadlines.values()
                if deadline.limit == duty.limit
                and deadline.start <= record.occurred_at.date
                and (not record.obligors or deadline.obligor in record.obligors)
            ]
            if ends:
                self._tell(duty, record, broken=record.occurred_at.instant >= max(ends))

    def _check_never(self, duty: Never, acts: Sequence[Record]) -> None:
        untold = self._notes.untold(duty.about)
        if untold:
            self._note_all(duty, f"未载明{self._notes.names(untold)}", f"{', '.join(untold)} not told of")
            return
        if duty.occasion and all(record.trigger != duty.occasion for record in acts):
            return
        offences, missing = offences_of(duty, acts, self._lifecycle.values, self._now)
        for record, what in offences:
            for rule in duty.rules:
                self._notes.breach(rule, self._found(rule, duty, record, found=what))
        if missing is not None:
            self._note_all(duty, f"缺少资料（{missing}）", f"not on file ({missing})")
        elif not offences:
            for rule in duty.rules:
                self._notes.keep(rule, duty.label)

    def _tell(self, duty: Duty, record: Record, *, broken: bool, unit: str = "", untold: tuple[str, ...] = ()) -> None:
        named = self._notes.named(record)
        if broken and untold:
            zh = self._notes.names(untold)
            self._note_all(duty, f"{record.occurred_at} {named.zh}：未载明{zh}", f"{', '.join(untold)} not told of")
            return
        for rule in duty.rules:
            if broken:
                self._notes.breach(rule, self._found(rule, duty, record, unit=unit))
            else:
                said = self._notes.act_said(record)
                self._notes.keep(rule, said)

    def _found(self, rule: Rule, duty: Duty, record: Record, *, found: str = "", unit: str = "") -> Finding:
        act, place = self._notes.named(record), self._notes.place(record)
        return breach_of(rule, duty, record, act=act, place=place, found=found, unit=unit)

    def _note_all(self, duty: Duty, zh: str, en: str) -> None:
        for rule in duty.rules:
            self._notes.leave(rule, Label(zh, en))


def offences_of(
    duty: Never, acts: Sequence[Record], values: object, now: datetime
) -> tuple[list[tuple[Record, str]], LookupError | None]:
    """Return what offends in a history, with the acts that show it, and what is not on file where it cannot be told.

    Args:
        duty: What must not be.
        acts: The acts that count, in order.
        values: The values of the profile.
        now: The aware instant as of which it is asked.
    """
    by_revision = {record.revision: record for record in acts}
    found: list[tuple[Record, str]] = []
    try:
        found.extend((by_revision[revision], what) for revision, what in duty.offences(acts, values, now))
    except LookupError as exc:
        return found, exc
    return found, None


def breach_of(
    rule: Rule, duty: Duty, record: Record, *, act: Label, place: str, found: str = "", unit: str = ""
) -> Finding:
    """Return the breach of a duty that an act shows.

    Args:
        rule: The rule.
        duty: The duty.
        record: The act.
        act: What the act is called.
        place: Which time of its trigger it is.
        found: What was found.
        unit: Who did not do it, where several owed it.
    """
    return Finding.of(
        rule,
        record.case,
        duty.label,
        found=found,
        revision=record.revision,
        unit=unit,
        happened=record.occurred_at.date,
        act=act,
        place=place,
    )
