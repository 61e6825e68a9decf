"""What every page shows around its own content: navigation, unread notices, the demo banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.access_rows.reminders import READERS as REMINDER_READERS
from campaigns.access_rows.tasks import READERS as TASK_READERS
from campaigns.querysets import READS_ALL
from core import clock
from core.dates import format_date
from notifications.models import OutboxMessage
from organizations.access import Access
from organizations.enums import ACCOUNT_ROLES, CALENDAR_ROLES, OFFICE_ROLES, UNIT_ROLES, Role
from reports.access_rows import READERS


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation."""

    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Navigation:
    """The entries of every day, and those of the keeping of the portal, which fold into one."""

    daily: list[NavItem]
    keeping: list[NavItem]

    @property
    def keeps_here(self) -> bool:
        return any(item.current for item in self.keeping)


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of all pages; one query, for the unread notices of a signed-in person."""
    user: Any = getattr(request, "user", AnonymousUser())
    signed_in = user.is_authenticated
    return {
        "portal_title": settings.PORTAL_TITLE,
        "portal_office": settings.PORTAL_OFFICE,
        "office_contact": settings.OFFICE_CONTACT,
        "demo_banner": demo_banner(),
        "portal_nav": navigation(request, user.access) if signed_in else None,
        "unread_count": OutboxMessage.objects.notices_of(user, clock.wall_now()).unread().count() if signed_in else 0,
    }


def demo_banner() -> str | None:
    """The sentence over every page of the demo or on the training clock; None in real use."""
    day = clock.training_date()
    if day is None:
        return _("Bản dùng thử: người và hồ sơ đều hư cấu.") if settings.DEMO_USERNAMES else None
    return _("Bản tập huấn: người và hồ sơ đều hư cấu; ngày làm việc là %(date)s.") % {"date": format_date(day)}


def navigation(request: HttpRequest, access: Access) -> Navigation:
    """The entries that the person's roles open, in a fixed order; the longest matching address is current."""
    units = access.has(*READS_ALL, *UNIT_ROLES)
    head, operator = access.has(Role.INTERIOR_HEAD), access.has(Role.ADMINISTRATOR)
    daily = [
        (_("Bàn làm việc"), reverse("reports:desk"), "inbox", True),
        (_("Sổ điển hình"), reverse("models_registry:exemplar_list"), "journal-text", True),
        (_("Đăng ký"), reverse("models_registry:exemplar_start"), "plus-circle", access.has(Role.OFFICER)),
        (_("Xét duyệt"), reverse("models_registry:review_queue"), "check2-square", access.has(*OFFICE_ROLES)),
        (_("Kế hoạch"), reverse("campaigns:schedule"), "calendar3", True),
        (_("Nhiệm vụ"), reverse("campaigns:task_list"), "list-task", access.has(*TASK_READERS)),
        (_("Nhắc hạn"), reverse("campaigns:reminder_proof"), "bell", access.has(*REMINDER_READERS)),
        (_("Hướng dẫn"), reverse("campaigns:guidance_list"), "book", units),
        (_("Kiểm tra"), reverse("campaigns:inspection_list"), "clipboard-check", units),
        (_("Phong trào"), reverse("campaigns:movement_list"), "flag", True),
        (_("Khối thi đua"), reverse("organizations:block_list"), "diagram-3", True),
        (_("Báo cáo"), reverse("reports:board"), "bar-chart", access.has(*READERS)),
    ]
    keeping = [
        (_("Cài đặt xét duyệt"), reverse("models_registry:review_settings"), "list", head),
        (_("Lịch làm việc"), reverse("organizations:calendar_year"), "calendar3", access.has(*CALENDAR_ROLES)),
        (_("Người dùng"), reverse("organizations:account_list"), "people", access.has(*ACCOUNT_ROLES)),
        (_("Nhật ký"), reverse("reports:journal"), "clock-history", head),
        (_("Hộp thư gửi đi"), reverse("notifications:mail_folder"), "envelope", operator),
        (_("Sức khỏe hệ thống"), reverse("condition"), "heart-pulse", operator),
    ]
    queue = reverse("models_registry:review_queue")
    path = queue if request.path.startswith("/dien-hinh/") and request.path.endswith("/xet/") else request.path
    shown = [url for _label, url, _icon, allowed in [*daily, *keeping] if allowed]
    here = max((url for url in shown if path.startswith(url)), key=len, default="")
    return Navigation(_items(daily, here), _items(keeping, here))


def _items(entries: list[tuple[str, str, str, bool]], here: str) -> list[NavItem]:
    return [NavItem(label, url, icon, url == here) for label, url, icon, allowed in entries if allowed]
