"""The page on which the administrator reads how the portal is: in words, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock, deadline
from core.desk import DeskItem
from core.numbers import format_number
from notifications.models import Tick
from organizations.calendar import years_without_days
from organizations.enums import Role

from . import health, version
from .backup.notes import BackupNote, last_backup

BACKUP_IS_OLD = timedelta(hours=26)


@dataclass(frozen=True)
class Line:
    """One part: its name, whether it is well, what is known of it, what to do when it is not."""

    label: str
    well: bool
    words: str
    todo: str = ""


@require_safe
def condition_page(request: HttpRequest) -> HttpResponse:
    """How database, worker, scheduler, mail, disk and backups are; for the administrator."""
    user: Any = request.user
    if not user.access.has(Role.ADMINISTRATOR):
        raise PermissionDenied
    lines = condition_lines(health.judge_parts())
    context = {
        "lines": lines,
        "troubles": sum(not line.well for line in lines),
        "loss": loss_words(last_backup()),
        "version": version.version(),
        "commit": version.commit(),
        "judged_at": clock.wall_now(),
    }
    return render(request, "emulation_portal/condition.html", context)


def condition_lines(parts: dict[str, str], *, ages: bool = True) -> list[Line]:
    """Return a line for each part as it was judged, in the order of the page; `ages` asks when a process was seen."""
    well = {name: word == "ok" for name, word in parts.items()}
    return [
        Line(_("Cơ sở dữ liệu"), well["database"], _database_name(), _("Xem máy chủ cơ sở dữ liệu có chạy không.")),
        Line(
            _("Cấu trúc dữ liệu"),
            well["migrations"],
            _("Khớp với phiên bản đang chạy.") if well["migrations"] else _("Chưa khớp với phiên bản đang chạy."),
            _("Chạy manage.py migrate rồi khởi động lại."),
        ),
        _beat_line(_("Tiến trình nền"), well["queue"], health.HEARTBEAT_KEY if ages else ""),
        _beat_line(_("Bộ hẹn giờ"), well["beat"], health.BEAT_KEY if ages else ""),
        _mail_line(well["mail"]),
        _reminder_line(well["reminders"]),
        _disk_line(well["disk"]),
        _backup_line(last_backup()),
        *_calendar_line(),
        *_transport_lines(),
    ]


def desk_items(user: Any) -> list[DeskItem]:
    """One thing to do for each part that is not well, on the desk of the administrator."""
    if not user.access.has(Role.ADMINISTRATOR):
        return []
    return [
        DeskItem(
            title=_("Xem lại: %(part)s") % {"part": line.label},
            note=f"{line.words} {line.todo}",
            url=reverse("condition"),
            action=_("Xem sức khỏe hệ thống"),
            group="soon",
        )
        for line in condition_lines(health.judged_lately(), ages=False)
        if not line.well
    ]


def _calendar_line() -> list[Line]:
    try:
        missing = years_without_days()
    except DatabaseError:
        return []
    words = _("Có lịch nghỉ của các năm cần dùng.")
    if missing:
        words = _("Chưa có lịch nghỉ năm %(years)s.") % {"years": ", ".join(map(str, missing))}
    todo = _("Mở mục Lịch làm việc, lấy lịch nghỉ dự tính rồi sửa theo thông báo chính thức.")
    return [Line(_("Lịch làm việc"), not missing, words, todo)]


def _transport_lines() -> list[Line]:
    """A line that stays until the install has TLS; none where it has."""
    if not settings.LAN_WITHOUT_TLS:
        return []
    words = _("Không mã hóa (LAN_WITHOUT_TLS): ai nghe được mạng nội bộ đọc được mật khẩu và phiên.")
    todo = _("Cài chứng chỉ, đặt SITE_URL https://, bỏ LAN_WITHOUT_TLS.")
    return [Line(_("Đường truyền"), False, words, todo)]


def _beat_line(label: str, well: bool, key: str) -> Line:
    todo = _("Khởi động lại dịch vụ; thư và lời nhắc vẫn nằm trong hàng đợi.")
    if not key:
        return Line(label, well, _("Không thấy chạy."), todo)
    try:
        with deadline.within(health.SECONDS_TO_ANSWER):
            age = health.age_of(key)
    except Exception:  # noqa: BLE001 - the cache is away: the line says that nothing is known
        age = None
    words = _("Chưa thấy trong 24 giờ qua.") if age is None else _("Thấy %(ago)s.") % {"ago": ago(age)}
    return Line(label, well, words, todo)


def _mail_line(well: bool) -> Line:
    try:
        figures = health.mail_figures()
    except DatabaseError:
        return Line(_("Thư gửi đi"), False, _("Không đọc được."), _("Xem cơ sở dữ liệu trước."))
    words = _("%(waiting)s thư đến hạn chưa gửi; %(failed)s thư không gửi được trong 24 giờ qua.") % {
        "waiting": format_number(figures["waiting"]),
        "failed": format_number(figures["failed"]),
    }
    return Line(_("Thư gửi đi"), well, words, _("Xem máy chủ thư (EMAIL_URL) và tiến trình nền."))


def _reminder_line(well: bool) -> Line:
    try:
        tick = Tick.objects.current()
    except DatabaseError:
        return Line(_("Nhắc hạn"), False, _("Không đọc được."), _("Xem cơ sở dữ liệu trước."))
    if tick.at is None:
        words = _("Chưa chạy lượt nào.")
    else:
        words = _("Lượt gần nhất %(ago)s; trong ngày %(sent)s đã gửi, %(failed)s không gửi được.") % {
            "ago": ago(_age(tick.at)),
            "sent": format_number(tick.sent),
            "failed": format_number(tick.failed),
        }
    if tick.error:
        words = f"{words} {tick.error}."
    return Line(_("Nhắc hạn"), well, words, _("Xem bộ hẹn giờ, tiến trình nền và nhật ký máy chủ."))


def _disk_line(well: bool) -> Line:
    words = _("Còn trống %(room)s.") % {"room": size(health.free_bytes())}
    return Line(_("Ổ đĩa"), well, words, _("Dọn chỗ, hoặc chuyển bản sao lưu cũ sang máy khác."))


def _backup_line(note: BackupNote | None) -> Line:
    todo = _("Chạy manage.py backup, và đặt lịch chạy mỗi đêm.")
    if note is None:
        return Line(_("Sao lưu"), False, _("Chưa có bản sao lưu nào."), todo)
    words = _("Bản gần nhất %(ago)s, %(size)s, %(files)s tệp.") % {
        "ago": ago(_age(note.made_at)),
        "size": size(note.size),
        "files": format_number(note.files),
    }
    return Line(_("Sao lưu"), _age(note.made_at) < BACKUP_IS_OLD.total_seconds(), words, todo)


def loss_words(note: BackupNote | None) -> list[str]:
    """Say how much can be lost at most: when a process or the machine stops, and when the disk is lost."""
    stops = _(
        "Tiến trình hoặc máy dừng đột ngột: việc cổng đã báo “đã lưu” không mất. "
        "Thư đang gửi đúng lúc đó có thể được gửi lần hai."
    )
    if note is None:
        return [stops, _("Hỏng ổ đĩa: mất tất cả, vì chưa có bản sao lưu nào.")]
    disk = _("Hỏng ổ đĩa: mất nhiều nhất những gì đã làm từ bản sao lưu gần nhất (%(ago)s).") % {
        "ago": ago(_age(note.made_at))
    }
    kept = _("Bản sao lưu nằm cùng ổ đĩa với dữ liệu thì mất theo: chép nó sang máy khác.")
    return [stops, disk, kept]


def _age(moment: datetime) -> float:
    return max(0.0, (clock.wall_now() - moment).total_seconds())


def ago(seconds: float) -> str:
    """Say how long ago something was, in one unit."""
    for unit, words in ((86400, _("%(n)s ngày trước")), (3600, _("%(n)s giờ trước")), (60, _("%(n)s phút trước"))):
        if seconds >= unit:
            return words % {"n": format_number(int(seconds // unit))}
    return _("%(n)s giây trước") % {"n": int(seconds)}


def size(number: float) -> str:
    """Say a number of bytes in the unit that a person would use."""
    for unit, name in ((1024**3, "GB"), (1024**2, "MB")):
        if number >= unit:
            return f"{format_number(round(number / unit, 1))} {name}"
    return f"{format_number(max(1, round(number / 1024)))} kB"


def _database_name() -> str:
    return "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
