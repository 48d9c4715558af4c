"""An interview from the plan to its due date, on a database in one file."""

import tempfile
from datetime import date
from pathlib import Path

from yingshang_flow import Actor, Docket, due, lifecycles
from yingshang_flow.errors import RefusedError
from yingshang_flow.stores import SQLiteStore

office = Actor("li", "市营商办", "office")
secretary = Actor("wang", "市政府办公室", "secretary_general")
plan = {
    "grounds": ["6"],  # article 5(6): a low conclusion rate of complaints
    "matter": {"id": "M-1", "words": "投诉办结率低"},
    "facts": "两次提醒未改",
    "gravity": "general",
    "tier": "office",
    "mode": "individual",
    "subjects": [{"unit": "青石区政府", "person": "赵某", "rank": "deputy"}],
}
notice = {"time": "2018-12-20T14:00:00+08:00", "place": "会议室", "content": "投诉办结率低", "mode": "individual"}
interview = {
    "reasons": "投诉办结率低",
    "matters": "积压投诉",
    "measures": "逐件清理",
    "time_limit": date(2019, 1, 31),
    "requirements": "举一反三",
    "statements": [{"unit": "青石区政府", "text": "认真整改"}],
    "conducted_by": "李某",
}

docket = Docket(SQLiteStore(Path(tempfile.mkdtemp(), "cases.db")))
case = docket.open(lifecycles.interview("dalian-2018"), plan, by=office, at=date(2018, 12, 12))
docket.act(case.id, "request_approval", by=office, at=date(2018, 12, 13))
docket.act(case.id, "approve", by=secretary, at=date(2018, 12, 14))
docket.act(case.id, "notify", notice, by=office, at=date(2018, 12, 17))

try:  # one statement and the time limit are missing
    docket.act(case.id, "hold", interview | {"statements": [], "time_limit": None}, by=office, at=date(2018, 12, 20))
except RefusedError as refused:
    print(refused)

case = docket.act(case.id, "hold", interview, by=office, at=date(2018, 12, 20))
report = case.deadlines[0]
print(f"{case.state}: a report is due from {report.obligor} on {report.due}")  # a Saturday that is worked
print(due(report.period, report.start).explain())

for option in docket.options(case.id, by=office):
    if option.status != "refused":
        print(f"possible now: {option.trigger.key} {option.trigger.label}")
