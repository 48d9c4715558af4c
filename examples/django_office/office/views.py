"""A letter comes in: it is kept, and the complaint in it is opened as a case, both or neither."""

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from office.cases import docket
from office.models import Letter
from yingshang_flow import Actor, lifecycles
from yingshang_flow.errors import ContentError, ReferenceTakenError, RefusedError

COMPLAINT = lifecycles.complaint("bayuquan-2018")
OFFICE = Actor("letters", "区营商局", "complaint_body")


@require_POST
def receive(request: HttpRequest) -> JsonResponse:
    """Take a letter in, and say which case it is."""
    said = request.POST
    receipt = {
        "identity": "named",
        "channel": "letter",
        "against": said.get("against"),
        "matter": said.get("subject"),
        "category": "delay",
        "complainant": {"name": said.get("name"), "contact": said.get("contact")},
    }
    number = said.get("number", "")
    try:
        with transaction.atomic():
            case = docket().open(COMPLAINT, receipt, by=OFFICE, trigger="receive", reference=number)
            Letter.objects.create(number=number, subject=said.get("subject", ""), case=case.id)
    except (ContentError, RefusedError, ReferenceTakenError) as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({"case": case.id, "state": case.state}, status=201)
