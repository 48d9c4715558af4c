"""What the project does, on Django's test database: ``python manage.py test``."""

import io
from datetime import timedelta

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import TestCase, TransactionTestCase
from django.utils.timezone import localdate

from office.cases import docket
from office.models import Letter
from office.views import COMPLAINT, OFFICE

LETTER = {
    "number": "信访〔2026〕7号",
    "subject": "施工许可迟迟不办",
    "against": "区住建局",
    "name": "孙某某",
    "contact": "13800001111",
}


class LettersTest(TestCase):
    """Letters and cases together, in the transaction that Django puts around each test."""

    def test_a_letter_and_its_case_are_kept(self) -> None:
        answer = self.client.post("/letters/", LETTER)
        assert (answer.status_code, answer.json()["state"]) == (201, "received")
        (case,) = docket().find(reference=LETTER["number"])
        assert Letter.objects.get().case == case.id == answer.json()["case"]

    def test_a_letter_that_is_refused_leaves_neither(self) -> None:
        answer = self.client.post("/letters/", {**LETTER, "against": ""})
        assert answer.status_code == 400
        assert not Letter.objects.exists()
        assert not list(docket().find())

    def test_a_number_is_used_once(self) -> None:
        assert self.client.post("/letters/", LETTER).status_code == 201
        assert self.client.post("/letters/", LETTER).status_code == 400
        assert Letter.objects.count() == 1

    def test_the_admin_shows_the_case_and_keeps_its_secrets(self) -> None:
        self.client.force_login(User.objects.create_superuser("root"))
        case = self.client.post("/letters/", LETTER).json()["case"]
        page = self.client.get(f"/admin/yingshang_flow/case/{case}/change/").content.decode()
        assert "接到投诉" in page
        assert LETTER["number"] in page
        assert LETTER["name"] not in page
        assert LETTER["contact"] not in page


class SweepTest(TransactionTestCase):
    """The clock, in transactions of its own."""

    def test_what_is_missed_is_recorded_once(self) -> None:
        receipt = {
            "identity": "anonymous",
            "channel": "letter",
            "against": "区住建局",
            "matter": "施工许可迟迟不办",
            "category": "delay",
        }
        last_year = localdate() - timedelta(days=400)
        docket().open(COMPLAINT, receipt, by=OFFICE, at=last_year, trigger="receive")
        for written in ("1 records written", "0 records written"):
            said = io.StringIO()
            call_command("sweep_cases", stdout=said)
            assert said.getvalue().strip() == written
