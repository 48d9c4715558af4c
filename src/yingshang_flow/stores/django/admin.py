"""The cases in Django's admin, to be looked at and not touched: state, deadlines with their lamps, history."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from yingshang_flow import codec
from yingshang_flow.core.case import Case as Standing
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind
from yingshang_flow.deadlines import china_date
from yingshang_flow.errors import YingshangFlowError
from yingshang_flow.stores.django.labels import language, said
from yingshang_flow.stores.django.models import Case, Deadline, Record, Unit
from yingshang_flow.stores.django.settings import docket
from yingshang_flow.stores.django.showing import DeadlineLine, deadline_lines, record_line
from yingshang_flow.stores.sqlalchemy.rows import units_of

_SOON: Final = timedelta(days=7)
_SHOWN: Final = 3
"""So many deadlines of a case are shown in the list."""

_ID: Final = 12
"""So much of an id is shown in the list."""

_KNOWN: Final[dict[str, Lifecycle]] = {}
"""Definitions by their fingerprints, so that a page of cases asks for each once."""


def definition_of(case: Case) -> Lifecycle:
    """Return the definition that a case is under.

    Raises:
        UnknownFingerprintError: The project's docket cannot rebuild it.
    """
    if case.fingerprint not in _KNOWN:
        _KNOWN[case.fingerprint] = docket().lifecycle(case.case_id)
    return _KNOWN[case.fingerprint]


def _written_under(case: Case, lifecycle: Lifecycle, rows: list[Record]) -> Iterator[Lifecycle]:
    """Yield the definition that each record of a case was written under.

    Raises:
        UnknownFingerprintError: The project's docket cannot rebuild one of them.
        CodecError: A migration does not say which rules it leads from and to.
    """
    moved = {row.revision: codec.migrated_between(row.text) for row in rows if row.kind == Kind.MIGRATION}
    known = docket().definitions(case.case_id) if moved else {}
    under = lifecycle if not moved else known[next(iter(moved.values()))[0]]
    for row in rows:
        under = known[moved[row.revision][1]] if row.revision in moved else under
        yield under


def standing_of(case: Case) -> tuple[Standing, Lifecycle]:
    """Return where a case stands, with the definition it is under.

    Raises:
        UnknownFingerprintError: The project's docket cannot rebuild its definition.
        CodecError: The snapshot does not fit it.
    """
    lifecycle = definition_of(case)
    return codec.case_from(case.text, lifecycle), lifecycle


def _now() -> datetime:
    """Return what time it is to Django, as an aware instant."""
    now = timezone.now()
    return now if timezone.is_aware(now) else now.astimezone()


def _lines(case: Case) -> list[DeadlineLine]:
    standing, lifecycle = standing_of(case)
    return list(deadline_lines(standing, lifecycle, language(), at=_now(), calendar=docket().calendar))


def _lamp(line: DeadlineLine) -> SafeString:
    """Return a lamp as colour and word."""
    word = line.lamp.label.text(language())
    return format_html('<span class="ysf-lamp ysf-{}">{}</span>', line.lamp.value, word)


class _Filter(admin.SimpleListFilter, ABC):
    """A choice beside the list."""

    @abstractmethod
    def narrowed(self, cases: QuerySet[Case], value: str) -> QuerySet[Case]:
        """Return the cases of a choice."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:  # noqa: ARG002 - Django's
        """Return the cases of what was chosen."""
        value = self.value()
        return queryset if value is None else self.narrowed(queryset, value)


class ProcedureFilter(_Filter):
    """Which procedure."""

    title = said("程序", "procedure")
    parameter_name = "procedure"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> Iterator[tuple[str, str]]:
        """Yield the procedures that there are cases of."""
        for key, case in _one_of_each(model_admin.get_queryset(request), "lifecycle"):
            yield key, _told(case, lambda lifecycle: lifecycle.title.text(language()), key)

    def narrowed(self, cases: QuerySet[Case], value: str) -> QuerySet[Case]:
        """Return the cases of a procedure."""
        return cases.filter(lifecycle=value)


class StateFilter(_Filter):
    """Which state, of one procedure where that is chosen."""

    title = said("状态", "state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> Iterator[tuple[str, str]]:
        """Yield the states that there are cases in."""
        cases = model_admin.get_queryset(request)
        if procedure := request.GET.get(ProcedureFilter.parameter_name):
            cases = cases.filter(lifecycle=procedure)
        for key, case in _one_of_each(cases, "state"):
            yield key, _told(case, lambda lifecycle: lifecycle.by_state[case.state].label.text(language()), key)  # noqa: B023 - called at once

    def narrowed(self, cases: QuerySet[Case], value: str) -> QuerySet[Case]:
        """Return the cases in a state."""
        return cases.filter(state=value)


class EndedFilter(_Filter):
    """Whether a case has ended."""

    title = said("办理情况", "progress")
    parameter_name = "ended"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:  # noqa: ARG002 - Django's
        """Return both."""
        return [("0", said("办理中", "under way")), ("1", said("已办结", "ended"))]

    def narrowed(self, cases: QuerySet[Case], value: str) -> QuerySet[Case]:
        """Return the cases that have ended, or those that have not."""
        return cases.filter(final=int(value == "1"))


class OwedFilter(_Filter):
    """What is owed."""

    title = said("期限", "deadlines")
    parameter_name = "owed"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:  # noqa: ARG002 - Django's
        """Return how near it can be."""
        return [
            ("over", said("已逾期", "overdue")),
            ("soon", said("七日内到期", "due within seven days")),
            ("owed", said("有未完成期限", "something is owed")),
            ("none", said("无未完成期限", "nothing is owed")),
        ]

    def narrowed(self, cases: QuerySet[Case], value: str) -> QuerySet[Case]:
        """Return the cases of which something is owed as near as that."""
        owed = Deadline.objects.filter(case_id=OuterRef("case_id"), owed=1)
        today = china_date(_now())
        match value:
            case "over":
                return cases.filter(Exists(owed.filter(due__lt=_day(today))))
            case "soon":
                return cases.filter(Exists(owed.filter(due__gte=_day(today), due__lte=_day(today + _SOON))))
            case "none":
                return cases.filter(~Exists(owed))
            case _:
                return cases.filter(Exists(owed))


def _shortened(case: str) -> str:
    """Return enough of an id to tell cases apart."""
    return case if len(case) <= _ID else f"{case[:_ID]}…"


def _day(day: date) -> str:
    return day.isoformat()


def _one_of_each(cases: QuerySet[Case], column: str) -> Iterator[tuple[str, Case]]:
    """Yield each value of a column, with a case that has it."""
    for key in cases.order_by(column).values_list(column, flat=True).distinct():
        case = cases.filter(**{column: key}).first()
        if case is not None:
            yield key, case


def _told(case: Case, tell: Any, key: str) -> str:  # noqa: ANN401 - a function of the definition
    """Return what a definition says, or the bare key where it cannot be rebuilt."""
    try:
        return str(tell(definition_of(case)))
    except (YingshangFlowError, KeyError):
        return key


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # it takes none when it runs
    """The cases, read-only."""

    change_form_template = "admin/yingshang_flow/case/change_form.html"
    list_display = ("named", "of_procedure", "of_state", "owed")
    list_filter = (EndedFilter, OwedFilter, ProcedureFilter, StateFilter)
    list_per_page = 25
    show_full_result_count = False
    ordering = ("case_id",)
    search_fields = ("case_id",)
    search_help_text = said("案件编号或文号的开头，或者单位全称", "the beginning of an id or a reference, or a unit")
    readonly_fields = (
        "of_reference",
        "of_procedure",
        "of_state",
        "of_units",
        "of_parent",
        "of_origin",
        "of_records",
        "of_id",
    )
    actions = None

    class Media:
        """How lamps look."""

        css: Final = {"all": ["yingshang_flow/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's
        """Say no: a case is opened by the project's docket."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:  # noqa: ARG002 - Django's
        """Say no: a case is acted on through the project's docket."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:  # noqa: ARG002 - Django's
        """Say no: nothing of a case is ever deleted."""
        return False

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's
        queryset: QuerySet[Case],
        search_term: str,
    ) -> tuple[QuerySet[Case], bool]:
        """Return the cases whose id or reference begins so, and those of a unit of that name."""
        term = search_term.strip()
        if not term:
            return queryset, False
        of_unit = Exists(Unit.objects.filter(unit=term, case_id=OuterRef("case_id")))
        return queryset.filter(Q(case_id__startswith=term) | Q(reference__startswith=term) | of_unit), False

    # --- columns and fields ---

    @admin.display(description=said("案件", "case"), ordering="case_id")
    def named(self, case: Case) -> SafeString:
        """Return the host's own name for it, above the beginning of its id."""
        return format_html(
            '{}<span class="ysf-id" title="{}">{}</span>', case.reference or "", case.case_id, _shortened(case.case_id)
        )

    @admin.display(description=said("文号", "reference"))
    def of_reference(self, case: Case) -> str:
        """Return the host's own name for it."""
        return case.reference or ""

    @admin.display(description=said("案件编号", "id"))
    def of_id(self, case: Case) -> str:
        """Return its id."""
        return str(case.case_id)

    @admin.display(description=said("记录数", "records"))
    def of_records(self, case: Case) -> int:
        """Return the number of its records."""
        return int(case.revision)

    @admin.display(description=said("程序", "procedure"), ordering="lifecycle")
    def of_procedure(self, case: Case) -> str:
        """Return the title of its procedure."""
        return _told(case, lambda lifecycle: lifecycle.title.text(language()), case.lifecycle)

    @admin.display(description=said("状态", "state"), ordering="state")
    def of_state(self, case: Case) -> str:
        """Return the label of its state."""
        return _told(case, lambda lifecycle: lifecycle.by_state[case.state].label.text(language()), case.state)

    @admin.display(description=said("单位", "units"))
    def of_units(self, case: Case) -> str:
        """Return every unit that acts in it or owes something."""
        return ("、" if language() == "zh" else ", ").join(units_of(case.units))

    @admin.display(description=said("上级案件", "part of"))
    def of_parent(self, case: Case) -> SafeString:
        """Return a link to the case it is a part of."""
        return self._link(case.parent)

    @admin.display(description=said("来源案件", "arose from"))
    def of_origin(self, case: Case) -> SafeString:
        """Return a link to the case that gave reason to open it."""
        return self._link(case.origin)

    @admin.display(description=said("未完成期限", "owed"))
    def owed(self, case: Case) -> SafeString | str:
        """Return what is owed with its lamps, the earliest first."""
        try:
            lines = [line for line in _lines(case) if line.owed]
        except YingshangFlowError as error:
            return format_html('<span class="ysf-unreadable">{}</span>', error)
        shown = [(_lamp(line), " ".join(filter(None, (line.due, line.limit, line.whom)))) for line in lines[:_SHOWN]]
        if len(lines) > _SHOWN:
            more = len(lines) - _SHOWN
            shown.append((SafeString(""), str(said(f"另有{more}项", f"and {more} more"))))
        return format_html_join("", '<div class="ysf-owed">{} {}</div>', shown)

    def _link(self, case: str) -> SafeString:
        place = reverse(f"{self.admin_site.name}:yingshang_flow_case_change", args=[quote(case)])
        return format_html('<a href="{}">{}</a>', place, case)

    # --- the page of a case ---

    def get_fields(self, request: HttpRequest, obj: Case | None = None) -> Any:  # noqa: ANN401, ARG002 - Django's
        """Return the fields that have something to say."""
        empty = {
            "of_reference": obj is None or obj.reference is None,
            "of_parent": obj is None or obj.parent is None,
            "of_origin": obj is None or obj.origin is None,
        }
        return [name for name in self.readonly_fields if not empty.get(name)]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a case with its deadlines and its history."""
        case = self.get_object(request, object_id)
        context = {} if case is None or not self.has_view_permission(request, case) else self._told(case)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def _told(self, case: Case) -> dict[str, Any]:
        try:
            lines = _lines(case)
            lifecycle = definition_of(case)
        except YingshangFlowError as error:
            return {"ysf_unreadable": error}
        rows = list(Record.objects.filter(case_id=case.case_id).order_by("revision"))
        return {
            "ysf_deadlines": [(_lamp(line), line) for line in lines],
            "ysf_history": [
                record_line(row.revision, row.text, under, language())
                for row, under in zip(rows, _written_under(case, lifecycle, rows), strict=True)
            ],
            "ysf_words": _WORDS,
        }


_WORDS: Final = {
    "deadlines": said("期限", "Deadlines"),
    "no_deadlines": said("没有期限。", "There are no deadlines."),
    "lamp": said("亮灯", "lamp"),
    "limit": said("期限名称", "limit"),
    "whom": said("责任单位", "of"),
    "number": said("次数", "no."),
    "start": said("起算", "from"),
    "due": said("到期", "due"),
    "status": said("情况", "status"),
    "settled": said("完成", "done"),
    "history": said("办理记录", "History"),
    "revision": said("序号", "no."),
    "date": said("日期", "date"),
    "act": said("事项", "act"),
    "by": said("经办", "by"),
    "state": said("状态变为", "state"),
    "notes": said("备注", "notes"),
}
