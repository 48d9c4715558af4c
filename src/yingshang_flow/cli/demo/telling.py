"""``demo``: a story told on a new SQLite file by the real rules and the real calendar; the narration is all here."""

import shlex
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import attrs
import click

from yingshang_flow import lifecycles
from yingshang_flow.cli import options, terms
from yingshang_flow.cli.cases import audits, show_verified, verified
from yingshang_flow.cli.demo import campaign, complaints
from yingshang_flow.cli.demo import interviews as story
from yingshang_flow.cli.demo.playing import Player, Step
from yingshang_flow.cli.ledgers import show_ledger
from yingshang_flow.cli.output import Page
from yingshang_flow.cli.showing import show_deadlines, show_history
from yingshang_flow.cli.verdicts import show_audit
from yingshang_flow.compliance import audit_ledger
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Missed, Record, Started, midnight
from yingshang_flow.deadlines import due
from yingshang_flow.diagrams import draw
from yingshang_flow.errors import SchemaError
from yingshang_flow.lifecycles.rectification import Draft, drafted
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlite import APPLICATION_ID
from yingshang_flow.words import Label, Language, Unmet

LEDGER: Final = Path(__file__).resolve().parents[4] / "examples" / "data" / "complaints-2018.csv"
_TOLD: Final = (*complaints.CASES, *story.CASES, campaign.CASE)
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
@options.language()
def demo(*, out: Path, lang: Language) -> None:
    """Tell a story on a new SQLite file.

    Complaints, interviews and a whole campaign, by the real rules and the real calendar; the people are invented.
    """
    out.mkdir(parents=True, exist_ok=True)
    database = out / "cases.db"
    _make_way(database)
    with closing(SQLiteStore(database)) as store:
        _Demo(store, lang).tell(out)


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
                others = sorted(set(options.case_ids(store)) - {*complaints.CASES, *story.CASES, *campaign.CASES})
            if others:
                raise SchemaError(
                    f"'{database}' holds cases that are not the demonstration's, such as {others[0]!r}; "
                    "name another place by --out"
                )
    for suffix in _BESIDE:
        database.with_name(database.name + suffix).unlink(missing_ok=True)


class _Demo:
    """Plays the story's acts, each on its day, and tells what comes of them."""

    def __init__(self, store: SQLiteStore, lang: Language) -> None:
        self.page = Page(lang)
        self.player = Player(store, complaints.RECEIVED.day)
        self.docket = self.player.docket

    # --- telling ---

    def tell(self, out: Path) -> None:
        """Tell the whole story."""
        self.page.heading(
            Label(
                "营商环境监督：按规则办理的投诉、约谈和专项整治",
                "营商环境监督 — procedures run by their rules: complaint, interview, campaign",
            )
        )
        self.page.paragraph(
            Label(
                "人员、约谈和投诉所涉单位、办理和事实均为虚构；条款、时限、专项整治方案和日历是真实的，法律法规按现行文本引用。",
                "People, units of the interviews and complaints, acts and facts are invented. Articles, time limits, "
                "the plan of the campaign and the calendar are real; statutes are cited as they stand now.",
            )
        )
        self.complaints()
        self.office_tier()
        self.refused()
        self.leader_tier()
        self.failed()
        self.due()
        self.history()
        self.shenyang()
        self.ledger()
        self.audit()
        self.verify()
        self.diagrams(out)

    def complaints(self) -> None:
        """Tell of a complaint that is extended, and of one that is answered late and concluded falsely."""
        page, lifecycle = self.page, lifecycles.complaint(complaints.PROFILE)
        page.heading(
            Label(
                "1  两件投诉（bayuquan-2018）：一件延期，一件逾期答复且问题未解决即办结",
                "1  Two complaints (bayuquan-2018): one extended, one answered late and concluded unsolved",
            )
        )
        self.player.open(lifecycle, complaints.EXTENDED, complaints.RECEIVED)
        self.player.open(lifecycle, complaints.LATE, complaints.RECEIVED_LATE)
        acts = [(complaints.EXTENDED, step) for step in complaints.UNTIL_EXTENDED]
        acts += [(complaints.LATE, step) for step in complaints.UNTIL_UNSOLVED]
        for case, step in sorted(acts, key=lambda act: act[1].day):
            self.player.act(case, step)
        tried = self.player.refusal(complaints.LATE, complaints.CLOSING_TRIED)
        self.player.play(complaints.LATE, complaints.UNTIL_SOLVED)
        again = self.player.refusal(complaints.EXTENDED, complaints.TWICE)
        self.player.play(complaints.EXTENDED, complaints.UNTIL_CLOSED)
        page.text(
            Label(
                "2018-09-10收到：答复09-19到期，办结10-26到期，其间有两个节假日；已按期延期，至12-10：",
                "Received on 2018-09-10: the answer is due on 09-19, the conclusion on 10-26, two holidays later; "
                "extended in time, by 12-10:",
            )
        )
        self.show_history(self.docket.history(complaints.EXTENDED))
        page.paragraph(
            Label(
                "第二次延期不予办理。投诉人是谁存入保险库，不在记录中：",
                "A second extension is refused. Who complained stands in the vault, not in the record:",
            )
        )
        self.show_unmet(again)
        page.paragraph(
            Label(
                "另一件投诉逾期答复，并以问题已解决办结，而投诉人否认。因此不能归档，只能重办，并按原来的期限继续计算：",
                "The other complaint is answered late and concluded as solved, which the complainant denies. So it "
                "cannot be closed, only reopened, and runs again on its first clock:",
            )
        )
        self.show_unmet(tried)
        self.show_history(self.docket.history(complaints.LATE))

    def office_tier(self) -> None:
        """Tell of the report that is due on a Saturday."""
        page = self.page
        page.heading(
            Label(
                "2  由此引起的约谈（dalian-2018），以及星期六到期的报告",
                "2  The interview that follows (dalian-2018), and a report due on a Saturday",
            )
        )
        page.text(
            Label(
                f"引用第六项情形，即办结率低和假办结，并以 {complaints.LATE} 为来源案件。"
                "鲅鱼圈的投诉引起按大连规定进行的约谈，属于虚构。",
                f"It cites ground six, low conclusion rates and false conclusions, and names {complaints.LATE} as its "
                "origin. That a complaint of Bayuquan leads to an interview under Dalian's rules is invented.",
            )
        )
        self.show_history(self.play(story.OFFICE_TIER, 0, origin=complaints.LATE))
        (deadline,) = self.docket.load(story.OFFICE_TIER.case).deadlines
        page.paragraph(
            Label(
                f"报告{deadline.due}到期，是星期六。为什么不是{story.MONDAY_THAT_DOES_NOT}星期一？因为该星期六上班，换该星期一放假：",
                f"The report is due {deadline.due}, a Saturday. Why not Monday {story.MONDAY_THAT_DOES_NOT}? "
                "Because that Saturday was worked in place of that Monday:",
            )
        )
        explanation = due(deadline.period, deadline.start, calendar=self.docket.calendar).explain()
        page.lines(explanation.text(page.language).splitlines(), "cyan")
        monday = self.docket.calendar.day(story.MONDAY_THAT_DOES_NOT)
        off = Label(
            f"{monday.date}星期一放假：{monday.label.zh}（{monday.citation.text('zh')}）",
            f"{monday.date} Monday is off: {monday.label.en} ({monday.citation.text('en')})",
        )
        page.lines([off], "cyan")
        page.paragraph(
            Label(
                "报告当日报送，跟踪表明问题已解决，案件了结：",
                "The report comes in on the day, the follow-up shows the problem solved, the case is closed:",
            )
        )
        self.show_history(self.play(story.OFFICE_TIER, 1))

    def refused(self) -> None:
        """Tell of a plan that the rules do not allow."""
        self.page.heading(
            Label(
                "3  不予办理的约谈计划，逐项列明理由",
                "3  A plan that is refused, with everything that stands against it",
            )
        )
        self.page.paragraph(
            Label(
                "办公室计划就一件重要事项自行逐个约谈三个区的主要领导，引用“其他”情形，却未写明是什么情形：",
                "The office plans to interview three districts' principal leaders on an important matter, by itself "
                "and one by one, citing an \u201cother\u201d ground that it does not put in words:",
            )
        )
        self.try_to_plan(story.LEADER_TIER.profile, story.REFUSED_PLAN)

    def leader_tier(self) -> None:
        """Tell of three subjects, one of them late."""
        page = self.page
        page.heading(
            Label(
                "4  同一事项依规办理：市领导集体约谈，三个区各自报送整改报告",
                "4  The same matter, rightly: collective, by a city leader, three reports owed",
            )
        )
        self.play(story.LEADER_TIER, 0)
        page.text(
            Label(
                "次日重新计划，由市领导批准并实施。每个区都应当报送报告：",
                "Planned again the next day, approved and held by the leader. Each district owes a report:",
            )
        )
        leader = story.LEADER_TIER.case
        show_deadlines(page, self.docket.load(leader), self.docket.lifecycle(leader))
        page.paragraph(
            Label(
                "到期前两个工作日已预警，白杨区的逾期也已记录；它的报告仍然接收。逾期只记录、只由审计查出，从不拒收。",
                "The clock warned two working days ahead and recorded the miss of 白杨区; its report was taken all the "
                "same. Late is recorded and found, never refused.",
            )
        )
        self.play(story.LEADER_TIER, 1)
        page.paragraph(
            Label(
                "付款需要数月，因此接收报告时要求每月报告进展。第一次为2019年5月3日，正值劳动节放假，顺延至调休上班的"
                "5月5日星期日。至6月20日全部付清，各区均有佐证，案件了结。办理记录见第7部分。",
                "The payments take months, so the reports are accepted with monthly progress reports. The first falls "
                "on 3 May 2019, in the Labour Day holidays, and moves to Sunday 5 May, which was worked. By 20 June "
                "everything is paid, with evidence from each district, and the case is closed. Its history is in part "
                "7.",
            )
        )

    def failed(self) -> None:
        """Tell of an interview that failed and of the second one."""
        page = self.page
        page.heading(
            Label(
                "5  约谈未果，按辽宁的做法（liaoning-2020）",
                "5  An interview that fails, under Liaoning's practice (liaoning-2020)",
            )
        )
        self.show_history(self.play(story.FAILED, 0))
        page.paragraph(
            Label(
                "已启动问责，案件继续跟踪；相关的问责案件由人决定是否开启。"
                "其后办公室计划就同一事项再次约谈同一对象，并以第一次约谈为来源案件：",
                "Accountability is started and the case stays tracked; a linked accountability case is a person's to "
                "open. Then the office plans a second interview of that subject on that matter, naming the first as "
                "its origin:",
            )
        )
        self.try_to_plan(story.FAILED.profile, story.SECOND_PLAN, origin=story.FAILED.case)
        page.paragraph(
            Label(
                "重新计划而不写明第一次约谈的，没有关联案件可据以拒绝。后面的审计会查出来。",
                "Planned again without naming the first, nothing linked can refuse it. The audit below finds it.",
            )
        )
        self.player.open(lifecycles.interview(story.FAILED.profile), story.SECOND_CASE, story.SECOND_PLAN)

    def due(self) -> None:
        """Tell what is due next."""
        ahead, today = story.LOOKING_AHEAD, story.LAST_DAY
        self.page.heading(Label(f"6  {today}看{ahead}之前到期的事项", f"6  What is due by {ahead}, seen on {today}"))
        self.page.table(
            (terms.DUE, terms.CASE, Label("应办事项", "what"), terms.OBLIGOR, Label("起算日", "since")),
            [
                (
                    item.deadline.due,
                    item.case.id,
                    _named(self.docket.lifecycle(item.case.id), item.deadline.limit),
                    item.deadline.obligor,
                    item.deadline.start,
                )
                for item in self.docket.due(before=story.LOOKING_AHEAD)
            ],
        )

    def history(self) -> None:
        """Tell the whole history of the case with three subjects."""
        case = story.LEADER_TIER.case
        self.page.heading(
            Label(
                f"7  {case} 的办理记录：每次办理一条",
                f"7  The history of {case}: one act, one record, one revision",
            )
        )
        self.show_history(self.docket.history(case), numbered=True)

    def shenyang(self) -> None:
        """Tell of a whole campaign, its ledger and every date of its year."""
        self.play(story.FAILED, 1)  # what part 5 left open is resolved before
        page, case = self.page, campaign.CASE
        lifecycle = lifecycles.rectification(campaign.PROFILE)
        draft = drafted(lifecycle)
        entries = tuple(campaign.ledger(draft))
        page.heading(
            Label(
                "8  专项整治：沈阳2021年，从方案到结束（shenyang-2021）",
                "8  A campaign: Shenyang 2021, from the plan to the close (shenyang-2021)",
            )
        )
        page.table(
            (
                Label("整治组", "group"),
                Label("牵头单位", "lead units"),
                Label("含区县", "with the districts"),
                Label("问题", "problems"),
            ),
            [
                (group.key, len(group.leads), len(group.all_units), len(campaign.PROBLEMS[group.key]))
                for group in draft.groups
            ],
        )
        self.player.open(lifecycle, case, Step(campaign.ISSUED, campaign.OFFICE, "draft", draft))
        self.run_campaign(draft, entries)
        self.report_calendar()
        page.paragraph(
            Label(
                "11月30日办公室结束整治，但有一项既未销号也未结转：",
                "On 30 November the office closes the campaign. One item is neither written off nor carried on:",
            )
        )
        self.show_unmet(self.player.refusal(case, campaign.CLOSE))
        forgotten = next(entry for entry in entries if entry.case == campaign.FORGOTTEN)
        self.player.act(forgotten.case, campaign.carried_at_last(forgotten))
        self.player.act(case, campaign.CLOSE_AGAIN)
        page.paragraph(
            Label(
                "次日该项结转，整治结束。台账各条的结果：",
                "It is carried over the next day, and the campaign is closed. What became of the ledger:",
            )
        )
        items = list(self.docket.find(parent=case, lifecycle=lifecycles.rectification_item.key))
        states = lifecycles.rectification_item(campaign.PROFILE).by_state
        page.table(
            (terms.STATE, Label("条数", "items")),
            [
                (Label(states[state].label.zh, state), sum(item.state == state for item in items))
                for state in sorted({item.state for item in items})
            ],
        )
        came_back = campaign.REBOUNDED
        page.text(Label(f"{came_back} 销号后反弹：", f"{came_back} had come back after it was written off:"))
        self.show_history(self.docket.history(campaign.REBOUNDED))

    def run_campaign(self, draft: Draft, entries: tuple[campaign.Entry, ...]) -> None:
        """Play everything that is done in the campaign and its items, day by day."""
        acts: list[tuple[Step, str, campaign.Entry | None]] = [
            *((step, campaign.CASE, None) for step in campaign.steps(draft)),
            *((step, case, None) for case, step in campaign.district_plans(draft)),
        ]
        for entry in entries:
            lead = Actor(f"head of {entry.lead}", entry.lead, "lead_unit")
            acts.append((Step(entry.listed, lead, "list", entry.content), entry.case, entry))
            acts += [(step, entry.case, None) for step in campaign.item_steps(entry)]
        for step, case, listed in self.page.progress(sorted(acts, key=_day), "沈阳市2021"):
            if case in campaign.DISTRICTS:
                self.player.open(lifecycles.rectification, case, step, parent=campaign.CASE)
            elif listed is None:
                self.player.act(case, step)
            else:
                self.player.open(
                    lifecycles.rectification_item,
                    case,
                    step,
                    parent=campaign.CASE,
                    reference=f"{listed.group}：{listed.problem}",
                )

    def report_calendar(self) -> None:
        """Show every date on which something was due, and what became of it."""
        lifecycle = self.docket.lifecycle(campaign.CASE)
        dates: dict[str, dict[date, None]] = {}
        late: dict[str, dict[date, int]] = {}
        due_of: dict[tuple[str, str, int], date] = {}
        for record in self.docket.history(campaign.CASE):
            for change in record.changes:
                key = (change.limit, change.obligor, change.number)
                if isinstance(change, Started):
                    due_of[key] = change.due
                    if change.due <= campaign.CLOSED:
                        dates.setdefault(change.limit, {})[change.due] = None
                elif isinstance(change, Missed):
                    missed = late.setdefault(change.limit, {})
                    missed[due_of[key]] = missed.get(due_of[key], 0) + 1
        page = self.page
        page.paragraph(
            Label(
                "全年的每个日期，按真实日历；遇放假均不顺延：",
                "Every date of its year, by the real calendar; days off move none of them:",
            )
        )
        page.table(
            (Label("应办事项", "what"), Label("到期日", "due on"), Label("逾期", "missed")),
            [
                (
                    _named(lifecycle, limit),
                    page.listed(f"{day:%m-%d}" for day in sorted(days)),
                    page.listed(
                        Label(f"{day:%m-%d}有{n}个", f"{day:%m-%d} by {n}") for day, n in late.get(limit, {}).items()
                    )
                    or None,
                )
                for limit, days in dates.items()
            ],
        )

    def ledger(self) -> None:
        """Tell what the audit of a spreadsheet says."""
        page = self.page
        page.heading(
            Label("9  投诉台账，不用数据库直接审计", "9  A spreadsheet of complaints, audited without any store")
        )
        if not LEDGER.is_file():
            page.text(
                Label(
                    "示例在代码目录的 examples/data 中，不随软件包安装。",
                    "The example stands in examples/data of a checkout, and is not installed with the package.",
                )
            )
            return
        said = audit_ledger(
            LEDGER,
            lifecycles.complaint(complaints.PROFILE),
            calendar=self.docket.calendar,
            now=midnight(complaints.LEDGER_AS_OF),
        )
        as_of = complaints.LEDGER_AS_OF
        page.text(Label(f"各行由脚本虚构，截至{as_of}：", f"Rows made up by a script, as of {as_of}:"))
        show_ledger(page, said, most=_MOST)

    def audit(self) -> None:
        """Tell what the audit says of every case."""
        page = self.page
        page.heading(
            Label(
                "10  审计：每条规则遵守、违反或者无从判断，以及依据的事实",
                "10  The audit: every rule kept, broken or unknown, with what shows it",
            )
        )
        said = audits(self.docket, self.player.clock())
        for case in _TOLD:
            show_audit(page, said[case], verdicts=case == story.LEADER_TIER.case, most=_MOST)
        broken = {case: one for case, one in said.items() if case.startswith("item-") and one.findings}
        many = len(campaign.ITEMS)
        page.paragraph(
            Label(f"整治台账共{many}条，其中违反规则的：", f"Of the {many} items of the campaign, these broke a rule:")
        )
        for one in broken.values():
            show_audit(page, one, verdicts=False, most=_MOST)

    def verify(self) -> None:
        """Tell whether the histories are whole."""
        self.page.heading(Label("11  核对每件案件办理记录的哈希链", "11  The hash chain of every history, checked"))
        show_verified(
            self.page, [verified(self.docket, case) for case in (*complaints.CASES, *story.CASES, campaign.CASE)]
        )

    def diagrams(self, out: Path) -> None:
        """Write the pictures, and say how to go on."""
        written = [out / "cases.db"]
        drawn: list[tuple[str, Lifecycle, tuple[Record, ...] | None]] = [
            (f"interview-{profile}", lifecycles.interview(profile), None)
            for profile in dict.fromkeys((story.OFFICE_TIER.profile, story.FAILED.profile))
        ]
        drawn.append((f"complaint-{complaints.PROFILE}", lifecycles.complaint(complaints.PROFILE), None))
        case = story.LEADER_TIER.case
        drawn.append((f"case-{case}", self.docket.lifecycle(case), self.docket.history(case)))
        drawn += [
            (f"{procedure.key}-{campaign.PROFILE}", procedure(campaign.PROFILE), None)
            for procedure in (lifecycles.rectification, lifecycles.rectification_item)
        ]
        for name, lifecycle, records in drawn:
            for form, suffix in _FORMATS.items():
                written.append(out / f"{name}.{suffix}")
                written[-1].write_text(draw(lifecycle, form, language="zh", history=records), encoding="utf-8")
        self.page.heading(Label("12  已写入", "12  Written"))
        self.page.lines(map(str, written))
        database, more = shlex.quote(str(written[0])), " --lang zh" if self.page.language == "zh" else ""
        self.page.heading(Label("接下来可以", "Go on with it"))
        self.page.lines(
            [
                f"yingshang-flow show {case} --db {database}{more}",
                f"yingshang-flow audit --db {database}{more}",
                "yingshang-flow deadline 7工作日 --from 2018-12-20 --explain --lang zh",
            ]
        )

    # --- playing ---

    def play(self, tale: story.Tale, part: int, *, origin: str | None = None) -> tuple[Record, ...]:
        """Play a part of an interview and return its records."""
        steps = tale.parts[part]
        if part > 0:
            return self.player.play(tale.case, steps)
        self.player.open(lifecycles.interview(tale.profile), tale.case, steps[0], origin=origin)
        self.player.play(tale.case, steps[1:])
        return self.docket.history(tale.case)

    def try_to_plan(self, profile: str, step: Step, origin: str | None = None) -> None:
        """Try to plan an interview that the rules do not allow, and show what they say."""
        self.show_unmet(self.player.refused_opening(lifecycles.interview(profile), step, origin=origin))

    def show_unmet(self, unmet: tuple[Unmet, ...]) -> None:
        """Show what stands against an act; an English page shows it in both languages."""
        for one in unmet:
            self.page.lines([one.text(self.page.language)], "red")
            if self.page.language == "zh":
                continue
            chinese = attrs.evolve(one, found=()).text("zh").removeprefix(f"{one.code} ")
            self.page.lines([" " * (len(one.code) + 1) + chinese])

    def show_history(self, records: tuple[Record, ...], *, numbered: bool = False) -> None:
        """Show records of a case; an English page shows its acts in both languages."""
        lifecycle, bilingual = self.docket.lifecycle(records[0].case), self.page.language == "en"
        show_history(self.page, records, lifecycle, names="zh", numbered=numbered, bilingual=bilingual)


def _named(lifecycle: Lifecycle, limit: str) -> Label:
    """Return what a limit is called; in English in both languages."""
    label = lifecycle.by_limit[limit].label
    return Label(label.zh, str(label))


def _day(act: tuple[Step, str, campaign.Entry | None]) -> date:
    return act[0].entered or act[0].day
