"""``demo``: a story told on a new SQLite file by the real rules and the real calendar; the narration is all here."""

import shlex
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import attrs
import click

from yingshang_flow import lifecycles
from yingshang_flow.cli import options, story
from yingshang_flow.cli.cases import audits, show_audit, show_verified, verified
from yingshang_flow.cli.output import Page
from yingshang_flow.cli.showing import show_deadlines, show_history
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import due
from yingshang_flow.diagrams import draw
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError, SchemaError
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlite import APPLICATION_ID
from yingshang_flow.testing import FixedClock

_MOST: Final = 3
_FORMATS: Final = {"mermaid": "mmd", "dot": "dot"}
_BESIDE: Final = ("", "-wal", "-shm")
_MAGIC: Final = b"SQLite format 3\0"
_APPLICATION: Final = slice(68, 72)


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("yingshang-flow-demo"),
    show_default=True,
    metavar="DIR",
    help="Where the database and the diagrams are written.",
)
def demo(*, out: Path) -> None:
    """Tell a story on a new SQLite file.

    Interviews from the plan to the audit, by the real rules and the real calendar; everybody in it is invented.
    """
    out.mkdir(parents=True, exist_ok=True)
    database = out / "cases.db"
    _make_way(database)
    with closing(SQLiteStore(database)) as store:
        _Demo(store).tell(out)


def _make_way(database: Path) -> None:
    """Remove what an earlier demonstration left; refuse to touch anything else.

    Raises:
        SchemaError: The file is somebody else's, or holds other cases than the demonstration's.
    """
    if database.exists():
        header = database.read_bytes()[:100] if database.is_file() else b"?"
        ours = header.startswith(_MAGIC) and header[_APPLICATION] == APPLICATION_ID.to_bytes(4, "big")
        if header and not ours:
            raise SchemaError(f"'{database}' is not a database of this library; name another place by --out")
        if header:
            with closing(SQLiteStore(database)) as store:
                others = sorted(set(options.case_ids(store)) - set(story.CASES))
            if others:
                raise SchemaError(
                    f"'{database}' holds cases that are not the demonstration's, such as {others[0]!r}; "
                    "name another place by --out"
                )
    for suffix in _BESIDE:
        database.with_name(database.name + suffix).unlink(missing_ok=True)


class _Demo:
    """Plays the story's acts, each on its day, and tells what comes of them."""

    def __init__(self, store: SQLiteStore) -> None:
        self.page = Page()
        self.clock = FixedClock(story.OFFICE_TIER.parts[0][0].day)
        self.next_id = ""
        self.docket = Docket(store, clock=self.clock, new_id=lambda: self.next_id)

    # --- telling ---

    def tell(self, out: Path) -> None:
        """Tell the whole story."""
        self.page.heading("营商环境约谈 — an interview procedure, run by its rules")
        self.page.paragraph(
            "People, units and facts are invented. Articles, time limits and the calendar are real; "
            "statutes are cited as they stand now."
        )
        self.office_tier()
        self.refused()
        self.leader_tier()
        self.failed()
        self.due()
        self.history()
        self.audit()
        self.verify()
        self.diagrams(out)

    def office_tier(self) -> None:
        """Tell of the report that is due on a Saturday."""
        page = self.page
        page.heading("1  An interview by the office (dalian-2018), and a report due on a Saturday")
        self.show_history(self.play(story.OFFICE_TIER, 0))
        (deadline,) = self.docket.load(story.OFFICE_TIER.case).deadlines
        page.paragraph(
            f"The report is due {deadline.due}, a Saturday. Why not Monday {story.MONDAY_THAT_DOES_NOT}? "
            "Because that Saturday was worked in place of that Monday:"
        )
        explanation = due(deadline.period, deadline.start, calendar=self.docket.calendar).explain()
        page.lines(explanation.text("en").splitlines(), "cyan")
        monday = self.docket.calendar.day(story.MONDAY_THAT_DOES_NOT)
        page.lines([f"{monday.date} Monday is off: {monday.label.en} ({monday.citation.text('en')})"], "cyan")
        page.paragraph("The report comes in on the day, the follow-up shows the problem solved, the case is closed:")
        self.show_history(self.play(story.OFFICE_TIER, 1))

    def refused(self) -> None:
        """Tell of a plan that the rules do not allow."""
        self.page.heading("2  A plan that is refused, with everything that stands against it")
        self.page.paragraph(
            "The office plans to interview three districts' principal leaders on an important matter, by itself and "
            "one by one, citing an \u201cother\u201d ground that it does not put in words:"
        )
        self.try_to_open(story.LEADER_TIER.profile, story.REFUSED_PLAN)

    def leader_tier(self) -> None:
        """Tell of three subjects, one of them late."""
        page = self.page
        page.heading("3  The same matter, rightly: collective, by a city leader, three reports owed")
        self.play(story.LEADER_TIER, 0)
        page.text("Planned again the next day, approved and held by the leader. Each district owes a report:")
        show_deadlines(page, self.docket.load(story.LEADER_TIER.case))
        page.paragraph(
            "The clock warned two working days ahead and recorded the miss of 白杨区; its report was taken all the "
            "same. Late is recorded and found, never refused."
        )
        self.play(story.LEADER_TIER, 1)
        page.paragraph(
            "The payments take months, so the reports are accepted with monthly progress reports. The first falls on "
            "3 May 2019, in the Labour Day holidays, and moves to Sunday 5 May, which was worked. By 20 June "
            "everything is paid, with evidence from each district, and the case is closed. Its history is in part 6."
        )

    def failed(self) -> None:
        """Tell of an interview that failed and of the second one."""
        page = self.page
        page.heading("4  An interview that fails, under Liaoning's practice (liaoning-2020)")
        self.show_history(self.play(story.FAILED, 0))
        page.paragraph(
            "Accountability is started and the case stays tracked; a linked accountability case is a person's to open. "
            "Then the office plans a second interview of that subject on that matter, naming the first as its origin:"
        )
        self.try_to_open(story.FAILED.profile, story.SECOND_PLAN, origin=story.FAILED.case)
        page.paragraph(
            "Planned again without naming the first, nothing linked can refuse it. The audit below finds it."
        )
        self.open(story.SECOND_CASE, story.FAILED.profile, story.SECOND_PLAN)

    def due(self) -> None:
        """Tell what is due next."""
        self.page.heading(f"5  What is due by {story.LOOKING_AHEAD}, seen on {story.LAST_DAY}")
        self.page.table(
            ("due", "case", "what", "of", "since"),
            [
                (
                    item.deadline.due,
                    item.case.id,
                    self.docket.lifecycle(item.case.id).by_limit[item.deadline.limit].label,
                    item.deadline.obligor,
                    item.deadline.start,
                )
                for item in self.docket.due(before=story.LOOKING_AHEAD)
            ],
        )

    def history(self) -> None:
        """Tell the whole history of the case with three subjects."""
        case = story.LEADER_TIER.case
        self.page.heading(f"6  The history of {case}: one act, one record, one revision")
        self.show_history(self.docket.history(case), numbered=True)

    def audit(self) -> None:
        """Tell what the audit says of every case."""
        page = self.page
        page.heading("7  The audit: every rule kept, broken or unknown, with what shows it")
        said = audits(self.docket, self.clock())
        for case in story.CASES:
            show_audit(page, said[case], "en", verdicts=case == story.LEADER_TIER.case, most=_MOST)

    def verify(self) -> None:
        """Tell whether the histories are whole."""
        self.page.heading("8  The hash chain of every history, checked")
        show_verified(self.page, [verified(self.docket, case) for case in story.CASES])

    def diagrams(self, out: Path) -> None:
        """Write the pictures, and say how to go on."""
        written = [out / "cases.db"]
        drawn: list[tuple[str, Lifecycle, tuple[Record, ...] | None]] = [
            (f"interview-{profile}", lifecycles.interview(profile), None)
            for profile in dict.fromkeys((story.OFFICE_TIER.profile, story.FAILED.profile))
        ]
        case = story.LEADER_TIER.case
        drawn.append((f"case-{case}", self.docket.lifecycle(case), self.docket.history(case)))
        for name, lifecycle, records in drawn:
            for form, suffix in _FORMATS.items():
                written.append(out / f"{name}.{suffix}")
                written[-1].write_text(draw(lifecycle, form, language="zh", history=records), encoding="utf-8")
        self.page.heading("9  Written")
        self.page.lines(map(str, written))
        database = shlex.quote(str(written[0]))
        self.page.heading("Go on with it")
        self.page.lines(
            [
                f"yingshang-flow show {case} --db {database}",
                f"yingshang-flow audit --db {database}",
                "yingshang-flow deadline 7工作日 --from 2018-12-20 --explain --lang zh",
            ]
        )

    # --- playing ---

    def play(self, tale: story.Tale, part: int) -> tuple[Record, ...]:
        """Play a part of a tale and return its records."""
        before = 0 if part == 0 else self.docket.load(tale.case).revision
        for number, step in enumerate(tale.parts[part]):
            if part == number == 0:
                self.open(tale.case, tale.profile, step)
            else:
                self.go_on_to(step)
                self.docket.act(tale.case, step.trigger, step.content, by=step.actor, at=step.day)
        return self.docket.history(tale.case)[before:]

    def open(self, case: str, profile: str, step: story.Step, origin: str | None = None) -> None:
        """Open a case by its first act."""
        self.go_on_to(step)
        self.next_id = case
        self.docket.open(lifecycles.interview(profile), step.content, by=step.actor, at=step.day, origin=origin)

    def try_to_open(self, profile: str, step: story.Step, origin: str | None = None) -> None:
        """Try to open a case that the rules do not allow, and show what they say in both languages."""
        try:
            self.open("refused", profile, step, origin)
        except RefusedError as exc:
            for unmet in exc.unmet:
                self.page.lines([unmet.text("en")], "red")
                chinese = attrs.evolve(unmet, found=()).text("zh").removeprefix(f"{unmet.code} ")
                self.page.lines([" " * (len(unmet.code) + 1) + chinese])

    def go_on_to(self, step: story.Step) -> None:
        """Let the days pass up to the entry of an act; on each the clock records what it has to say."""
        day, until = self.clock().date(), step.entered or step.day
        while day < until:
            day += timedelta(days=1)
            self.clock.travel_to(day)
            self.docket.sweep()

    def show_history(self, records: tuple[Record, ...], *, numbered: bool = False) -> None:
        """Show records of a case in both languages."""
        show_history(
            self.page, records, self.docket.lifecycle(records[0].case), "zh", numbered=numbered, bilingual=True
        )
