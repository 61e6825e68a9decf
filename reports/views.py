from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from campaigns import desk as schedule
from campaigns.inspection_desk import inspection_items
from campaigns.selectors.lists import late_unit_names
from core import clock
from core.audit.models import EventKind
from core.desk import DeskItem, in_order, registered_items
from models_registry.desk import desk_items, draft_counts, late_records, waiting_for_others
from models_registry.enums import State, state_label
from notifications import desk as mails
from organizations.blocks import blocks_seen_by, last_year
from organizations.enums import GRID_ROLES, OFFICE_ROLES, UNIT_ROLES, Role
from organizations.models import User
from reports.access_rows import READERS
from reports.blocks import grid_of
from reports.journal import journal_page, read_filter
from reports.selectors import (
    FIRST_YEAR,
    communes_without,
    desk_counts,
    growth,
    list_url,
    recognised_board,
    state_counts,
)

#: Rows on the desk; what is more is a link to its list.
DESK_ROWS = 15
_GROUPS = {
    "overdue": gettext_lazy("Quá hạn"),
    "soon": gettext_lazy("Hôm nay và 3 ngày tới"),
    "week": gettext_lazy("Tuần này"),
    "later": gettext_lazy("Sau đó"),
}


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """My desk: what is due first, then what waits for me, then what waits for others."""
    user = request.user
    own = [*desk_items(user), *schedule.desk_items(user), *inspection_items(user), *mails.desk_items(user)]
    items = in_order([*own, *registered_items(user)])
    waiting = waiting_for_others(user) if user.access.has(*UNIT_ROLES) else []
    waiting_tasks = schedule.waiting_for_others(user) if user.access.has(Role.OFFICER) else []
    heads = user.access.has(Role.INTERIOR_HEAD)
    counts, late = desk_counts(user)
    context = {
        "groups": _groups(items[:DESK_ROWS]),
        "hidden": len(items[DESK_ROWS:]),
        "more": _more(user) if len(items) >= DESK_ROWS else [],
        "waiting": waiting,
        "late": late_records(user) if heads and late else [],
        "late_count": late,
        "late_url": _late_url(),
        "drafts": draft_counts(user) if user.access.has(*OFFICE_ROLES) else [],
        "tiles": _tiles(user, counts, late),
        "late_units": late_unit_names(user) if user.access.has(*GRID_ROLES) else None,
        "waiting_tasks": waiting_tasks,
        "empty": _empty(user, bool(waiting or waiting_tasks)),
        "own_units": user.reach(*UNIT_ROLES),
        "is_officer": user.access.has(Role.OFFICER),
    }
    return render(request, "reports/desk.html", context)


def _groups(items: list[DeskItem]) -> list[tuple[str, str, list[DeskItem]]]:
    groups = [(code, str(title), [i for i in items if i.group == code]) for code, title in _GROUPS.items()]
    return [group for group in groups if group[2]]


def _more(user: User) -> list[tuple[str, str]]:
    """The lists behind a desk that is full."""
    if user.access.has(*OFFICE_ROLES):
        return [
            (_("Xem tất cả hồ sơ chờ xét"), reverse("models_registry:review_queue")),
            (_("Xem tất cả báo cáo chờ nhận"), reverse("campaigns:task_queue")),
            (_("Xem tất cả nhiệm vụ"), reverse("campaigns:task_list")),
        ]
    return [
        (_("Xem tất cả bản nháp"), list_url(**{"trang-thai": State.DRAFT.value})),
        (_("Xem tất cả nhiệm vụ"), reverse("campaigns:task_list")),
    ]


def _late_url() -> str:
    return list_url(han="qua")


def _empty(user: User, waiting: bool) -> tuple[str, str, str]:
    """What an empty desk says and offers: words, address, label."""
    if user.access.has(Role.OFFICER):
        told = _("Hồ sơ đã gửi đang chờ xét, xem ở dưới.") if waiting else _("Vừa thấy một việc tốt? Đăng ký ngay.")
        return told, reverse("models_registry:exemplar_start"), _("Đăng ký điển hình")
    if user.access.has(*OFFICE_ROLES):
        told = _("Hồ sơ mới sẽ hiện ở đây và trong mục Thông báo.")
        return told, reverse("models_registry:exemplar_list"), _("Mở sổ điển hình")
    if user.access.has(*READERS):
        told = _("Số điển hình đã công nhận theo đơn vị và lĩnh vực có ở mục Báo cáo.")
        return told, reverse("reports:board"), _("Mở báo cáo")
    return (
        _("Việc được giao sẽ hiện ở đây."),
        list_url(**{"trang-thai": State.RECOGNISED.value}),
        _("Xem điển hình đã công nhận"),
    )


def _tiles(user: User, counts: dict[str, int], late: int) -> list[tuple[str, int, str]]:
    """At most three figures with their lists; states in the words of who reads them."""
    watches = user.access.has(*OFFICE_ROLES, Role.LEADER)
    shown = [State.SUBMITTED, State.IN_REVIEW] if watches or user.access.has(*UNIT_ROLES) else []
    figures = [
        (_tile_label(user, state), counts.get(state, 0), list_url(**{"trang-thai": state.value}))
        for state in (shown if watches else [*shown, State.RECOGNISED])
    ]
    return [*figures, (_("Quá hẹn trả lời"), late, _late_url())] if watches else figures


def _tile_label(user: User, state: State) -> str:
    if state == State.RECOGNISED:
        return _("Đã công nhận, mọi đơn vị")
    return state_label(state, for_unit=not user.access.has(*OFFICE_ROLES, Role.LEADER))


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Recognised exemplars by unit and field; every figure is a link to its list."""
    years = [str(year) for year in range(clock.today().year, FIRST_YEAR - 1, -1)]
    asked = request.GET.get("nam", "")
    year = int(asked) if asked in years else None
    user = request.user
    found = recognised_board(user, year)
    context = {
        "board": found,
        "without": communes_without(found, user.access.paths(*READERS)),
        "growth": growth(found, user),
        "late_units": late_unit_names(user),
        "years": years,
        "waiting": _waiting(user) if user.access.has(*OFFICE_ROLES, Role.LEADER) else [],
        "counted_at": clock.now(),
    }
    return render(request, "reports/board.html", context)


def _waiting(user: User) -> list[tuple[str, int, str]]:
    counts = state_counts(user)
    return [
        (str(state.label), counts.get(state, 0), list_url(**{"trang-thai": state.value}))
        for state in (State.SUBMITTED, State.IN_REVIEW)
    ]


@require_safe
def block_grid(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """An emulation block in a year: exemplars and tasks of its members, with totals; every figure is a link."""
    if pk >= 2**63 or not FIRST_YEAR <= year <= last_year():
        raise Http404
    block = get_object_or_404(blocks_seen_by(request.user), pk=pk)
    years = range(FIRST_YEAR, last_year() + 1)
    context = {"grid": grid_of(request.user, block, year), "years": years, "counted_at": clock.now()}
    return render(request, "reports/block_grid.html", context)


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """The log of the system, for the head of the office: what happened in the own scope, newest first."""
    wanted = read_filter(request.GET)
    context = {
        "wanted": wanted,
        "page": journal_page(request.user, wanted),
        "kinds": EventKind.choices,
    }
    return render(request, "reports/journal.html", context)
