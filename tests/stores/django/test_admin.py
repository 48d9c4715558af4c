"""The admin shows cases in the language of whoever looks, to those who may, and lets nobody touch them."""

import re
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.core import checks
from django.db import connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from tests.lifecycles.complaining import BODY, CONTACT, NAME, receipt
from tests.lifecycles.interviewing import Desk
from tests.stores.django.conftest import empty
from tests.stores.django.project import docket
from yingshang_flow import lifecycles, policies
from yingshang_flow.core.case import Case
from yingshang_flow.policies.profile import Entry, Profile
from yingshang_flow.sources import OURS
from yingshang_flow.stores.django import admin

LIST = "/admin/yingshang_flow/case/"
COMPLAINT = lifecycles.complaint("bayuquan-2018")
TODAY = date.today()  # noqa: DTZ011 - as lamps are of the day on which the tests run


@pytest.fixture
def client(sqlite_alias: str) -> Client:
    """Return the browser of somebody who may view cases and nothing else."""
    empty(sqlite_alias)
    User.objects.all().delete()
    admin._KNOWN.clear()
    user = User.objects.create(username="viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_case"))
    client = Client()
    client.force_login(user)
    return client


def complaint(days: int = 0, reference: str | None = None, **options: object) -> Case:
    """Open a complaint that came in some days ago."""
    at = TODAY - timedelta(days=days)
    return docket().open(COMPLAINT, receipt(), by=BODY, at=at, trigger="receive", reference=reference, **options)  # type: ignore[arg-type]


def page(client: Client, place: str = "", language: str = "zh-hans") -> str:
    answer = client.get(f"{LIST}{place}", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def of(case: Case) -> str:
    return f"{case.id}/change/"


def listed(client: Client, place: str) -> set[str]:
    """Return the ids that a list shows."""
    return set(re.findall(r'class="ysf-id" title="([^"]+)"', page(client, place)))


def tables(said: str) -> str:
    """Return the deadlines and the history out of a page."""
    return "".join(re.findall(r'<div class="ysf-table">.*?</div>', said, re.DOTALL))


def test_a_list_tells_of_each_case_what_it_is_where_it_stands_and_what_is_owed(client: Client) -> None:
    complaint(60, "信访1号")
    said = page(client)
    for word in ("信访1号", "投诉", "投诉处理机构已接到", "红灯", "书面答复"):
        assert word in said


def test_it_speaks_english_too(client: Client) -> None:
    case = complaint(60)
    said = page(client, language="en") + page(client, of(case), language="en")
    for word in ("Complaint", "Received", "red light", "Written answer", "Deadlines", "History", "complaint body"):
        assert word in said
    assert "红灯" not in said


def test_the_page_of_a_case_shows_its_deadlines_and_its_history(client: Client) -> None:
    case = complaint(60, "信访1号")
    docket().act(case.id, "accept", by=BODY, at=TODAY - timedelta(days=59))
    docket().sweep()
    said = page(client, of(case))
    for word in (
        "信访1号",
        "已受理",
        "红灯",
        "书面答复",
        str(TODAY - timedelta(days=60)),
        "（时钟）",
        "区营商局",
        "逾期",
    ):
        assert word in said


def test_a_case_that_came_in_today_is_green(client: Client) -> None:
    said = page(client, of(complaint()))
    assert "绿灯" in said
    assert "红灯" not in said


def test_nothing_confidential_and_nobody_by_name_is_shown(client: Client) -> None:
    case = complaint()
    said = page(client) + page(client, of(case))
    for secret in (NAME, CONTACT, BODY.id + "<", "commitment"):
        assert secret not in said
    with CaptureQueriesContext(connections["default"]) as asked:
        page(client, of(case))
    assert not any("ysf_vault" in query["sql"] for query in asked)


@pytest.mark.parametrize("place", ["add/", "{}/delete/"])
def test_nobody_adds_or_deletes_a_case(client: Client, place: str) -> None:
    User.objects.update(is_superuser=True)
    case = complaint()
    assert client.get(LIST + place.format(case.id)).status_code == 403
    assert client.post(LIST + place.format(case.id), {"post": "yes"}).status_code == 403
    assert docket().load(case.id) == case


def test_nobody_changes_a_case(client: Client) -> None:
    User.objects.update(is_superuser=True)
    case = complaint()
    before = docket().store.load(case.id)
    assert client.post(LIST + of(case), {"state": "closed"}).status_code == 403
    assert client.post(LIST, {"action": "delete_selected", "_selected_action": case.id}).status_code == 200
    assert docket().store.load(case.id) == before
    said = page(client, of(case))
    assert "_save" not in said
    assert 'name="state"' not in said


def test_who_has_no_permission_sees_nothing(client: Client) -> None:
    case = complaint()
    User.objects.get().user_permissions.clear()
    for place in ("", of(case)):
        assert client.get(LIST + place).status_code == 403


@pytest.mark.usefixtures("client")
def test_there_is_no_permission_to_look_into_the_vault() -> None:
    names = set(Permission.objects.filter(content_type__app_label="yingshang_flow").values_list("codename", flat=True))
    assert "view_case" in names
    assert not [name for name in names if "vault" in name or not name.startswith("view_")]


def test_a_case_that_is_not_there_leads_back(client: Client) -> None:
    assert client.get(f"{LIST}nobody/change/").status_code == 302


def test_filters_narrow_the_list(client: Client) -> None:
    late, new = complaint(60), complaint()
    ended = complaint(5)
    docket().act(ended.id, "refuse", {"reasons": "不属受理范围", "delivered": "post"}, by=BODY, at=TODAY)
    everybody = {late.id, new.id, ended.id}
    refused = docket().load(ended.id)
    for place, found in {
        "": everybody,
        "?owed=over": {late.id},
        "?owed=owed": {case.id for case in map(docket().load, everybody) if case.owed()},
        "?owed=none": {case.id for case in map(docket().load, everybody) if not case.owed()},
        "?ended=1": {ended.id},
        "?ended=0": {late.id, new.id},
        "?procedure=complaint": everybody,
        "?procedure=interview": set(),
        f"?procedure=complaint&state={refused.state}": {ended.id},
        "?state=received": {late.id, new.id},
    }.items():
        assert listed(client, place) == found, place


def test_what_is_due_within_a_week_is_found(client: Client) -> None:
    case = complaint()
    first = min(deadline.due for deadline in case.deadlines)
    other = complaint((TODAY - date(2018, 1, 2)).days)
    soon = {case.id} if first <= TODAY + timedelta(days=7) else set()
    assert listed(client, "?owed=soon") == soon
    assert other.id not in listed(client, "?owed=soon")


def test_a_case_is_searched_by_the_beginning_of_its_names_or_by_a_unit(client: Client) -> None:
    first, second = complaint(reference="信访1号"), complaint(reference="来电1号")
    assert listed(client, "?q=信访") == {first.id}
    assert listed(client, f"?q={second.id[:13]}") == {second.id}
    assert listed(client, "?q=区营商局") == {first.id, second.id}
    assert listed(client, "?q=营商局") == set()
    assert listed(client, "?q=%20") == {first.id, second.id}


def test_a_list_does_not_ask_more_for_more_cases(client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connections["default"]) as queries:
            page(client)
        return len(queries)

    complaint(1)
    page(client)
    few = asked()
    for _ in range(8):
        complaint(1)
    assert asked() == few


def test_a_case_that_cannot_be_read_is_shown_with_the_reason(client: Client) -> None:
    case = complaint(reference="信访1号")
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE ysf_cases SET fingerprint = 'unknown'")
    for said in (page(client), page(client, of(case))):
        assert "which the store does not hold" in said
        assert "信访1号" in said


def test_of_many_deadlines_the_first_are_shown_and_the_rest_counted(client: Client) -> None:
    desk = Desk(units=tuple(f"第{number}单位" for number in range(5)), docket=docket())
    desk.reach("recorded")
    said = page(client)
    assert said.count("红灯") == 3
    assert "另有2项" in said
    assert all(unit in page(client, of(desk.case)) for unit in desk.units)


def test_linked_cases_are_linked(client: Client) -> None:
    first = complaint(30)
    second = docket().open(COMPLAINT, receipt(), by=BODY, at=TODAY, trigger="receive", origin=first.id)
    assert f'href="{LIST}{first.id}/change/"' in page(client, of(second))


def test_a_project_without_time_zones_is_shown_the_same(client: Client) -> None:
    case = complaint(60)
    shown = page(client, of(case))
    assert "红灯" in tables(shown)
    with override_settings(USE_TZ=False):
        assert tables(page(client, of(case))) == tables(shown)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        (None, "YINGSHANG_FLOW_DOCKET is missing"),
        ("office.nowhere.docket", "cannot be imported"),
        ("tests.stores.django.project.urlpatterns", "names"),
    ],
)
def test_a_docket_that_is_not_found_is_told_before_anybody_looks(named: str | None, why: str) -> None:
    with override_settings(YINGSHANG_FLOW_DOCKET=named):
        (told,) = checks.run_checks(tags=[checks.Tags.admin])
    assert (told.id, why in str(told.msg)) == ("yingshang_flow.E001", True)


def test_no_docket_is_needed_without_an_admin() -> None:
    without = [config.name for config in apps.get_app_configs() if config.name != "django.contrib.admin"]
    with override_settings(YINGSHANG_FLOW_DOCKET=None, INSTALLED_APPS=without):
        assert checks.run_checks(tags=[checks.Tags.admin]) == []


def test_a_migrated_case_shows_each_record_by_the_rules_it_was_written_under(client: Client) -> None:
    there = policies.get("bayuquan-2018")
    entries = {**there.entries, "complaint.conclusion": Entry("20工作日", OURS("试例"), "elsewhere")}
    elsewhere = lifecycles.complaint(Profile("elsewhere", "某市", "试例", there.valid_from, entries, "elsewhere.toml"))
    case = complaint()
    docket().migrate([case.id], to=elsewhere, ground="新办法施行", by=BODY, deadlines="recompute", dry_run=False)
    shown = page(client, of(case), "en")
    assert "goes on under version 1 elsewhere, no longer under version 1 bayuquan-2018" in shown
    assert "counted by the new rules to" in shown
    assert "Receive" in shown
    assert "新办法施行" in shown
