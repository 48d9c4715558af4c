"""Says in words what a report comes to, and how its numbers are to be read."""

from datetime import date
from typing import Final

from yingshang_flow.compliance.report.model import Report
from yingshang_flow.words import Label

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

RED: Final = Label("红灯：有任何一项规则未遵守，含已接受的。", "Red: anything is broken, accepted findings included.")
YELLOW: Final = Label(
    "黄灯：没有上述情形，但有期限尚未届满且已到预警日；期限没有预警日的，为届满前两个工作日。",
    "Yellow: nothing is, but a deadline still runs and its warning is due; two working days before the end where the "
    "deadline has none.",
)
GREEN: Final = Label("绿灯：其余。", "Green: the others.")
READ: Final = (
    Label(f"{RED.zh}{YELLOW.zh}{GREEN.zh}", f"{RED.en} {YELLOW.en} {GREEN.en}"),
    Label(
        "按期办理率：按期办理的期限，除以按期与逾期之和；尚未届满、不再要求以及无从判断的期限都不计入。"
        "月份按届满日计，单位按承担期限的单位计，没有载明的按此前最后办理的单位计。",
        "Done in time: the deadlines that were met in time, of those met in time or late or over; those still running, "
        "no longer owed or not told count in neither. A month is that of the last day; a unit is that which owes it, "
        "or else that which acted last before.",
    ),
    Label(
        "逾期以工作日计，自期限届满之次日至办理之日；未办理的，计至审计截至之日。",
        "Days late are working days after the last day, up to the day it was done, or up to the day of the audit.",
    ),
    Label(
        "等级：严重，指流程不允许的情形；一般，指应办未办或逾期；提示，指文件未作规定、仅本库要求的情形。",
        "Severity: grave is what the procedure does not allow; ordinary is what was not done, or late; a note is what "
        "only this library asks for, where the documents are silent.",
    ),
)
"""How the numbers of a report are to be read."""


def day(said: date) -> Label:
    """Return a day as a text has it."""
    return Label(f"{said.year}年{said.month}月{said.day}日", f"{said.day} {_MONTHS[said.month - 1]} {said.year}")


def working_days(number: int) -> str:
    """Return so many working days in English."""
    return _many(number, "working day")


def lead(report: Report) -> Label:
    """Return what a reader with half a minute has to know."""
    rate, refused, accepted = report.on_time, report.refused, len(report.findings) - len(report.new)
    said = [
        Label(
            f"截至{day(report.as_of).zh}，共审计{report.audited}件，其中{report.with_findings}件存在问题。",
            f"As of {day(report.as_of).en}: {_many(report.audited, 'case')} audited, "
            f"{report.with_findings} with findings.",
        )
    ]
    if rate.total:
        said.append(
            Label(
                f"已有结果的期限{rate.total}项，按期{rate.kept}项，逾期{rate.late}项，其中{report.undone}项至今未办。",
                f"Of {_many(rate.total, 'deadline')} {rate.kept} met in time, {rate.late} not; "
                f"{report.undone} of these not done to date.",
            )
        )
    if longest := max((one.finding.days_late or 0 for one in report.findings), default=0):
        said.append(Label(f"最长逾期{longest}个工作日。", f"The longest delay: {working_days(longest)}."))
    if refused:
        said.append(
            Label(
                f"另有{refused}行无法审计，原因见后。", f"{_many(refused, 'row')} not audited, for the reasons below."
            )
        )
    if accepted:
        said.append(Label(f"{accepted}项发现此前已被接受。", f"{_many(accepted, 'finding')} accepted before."))
    return Label("".join(one.zh for one in said), " ".join(one.en for one in said))


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
