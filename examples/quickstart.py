"""An interview (约谈) planned, sent for approval, refused and explained, on a database in one file."""

from datetime import date

from yingshang_flow import Actor, Docket, due, lifecycles
from yingshang_flow.errors import RefusedError
from yingshang_flow.stores import SQLiteStore

office = Actor("li", "市营商办", "office")
plan = {
    "grounds": ["6"],  # article 5(6): too few complaints are concluded
    "matter": {"id": "M-1", "words": "投诉办结率低"},
    "facts": "三季度受理四十件，办结十八件",
    "gravity": "general",
    "tier": "office",
    "mode": "individual",
    "subjects": [{"unit": "青石区政府", "person": "赵某", "rank": "deputy"}],
}
docket = Docket(SQLiteStore("cases.db"))
case = docket.open(lifecycles.interview("dalian-2018"), plan, by=office, at=date(2018, 12, 12))
case = docket.act(case.id, "request_approval", by=office, at=date(2018, 12, 13))

try:  # who asks never approves
    docket.act(case.id, "approve", by=Actor("li", "市政府办公室", "secretary_general"), at=date(2018, 12, 14))
except RefusedError as refused:
    print(refused)

for option in docket.options(case.id, by=office):
    if option.status != "refused":
        print(f"possible now: {option.trigger.key} {option.trigger.label}")

print(due("7工作日", date(2018, 12, 20)).explain())  # when a report is due after an interview on 20 December, and why
