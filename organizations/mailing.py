"""The way of letters about accounts into the outbox, which stands above this app and plugs itself in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from core import clock
from core.text import clean_line

from .account_models import AccountLetter
from .enums import Purpose

if TYPE_CHECKING:
    from .models import User

#: Puts a letter with its title and body into the outbox; set by notifications when the apps are ready.
Outlet = Callable[[AccountLetter, str, str], None]
_outlets: list[Outlet] = []
#: A dot inside a word, a scheme, an @: what mail programs turn into links.
_LINK = re.compile(r"\w+://|@|(?<=\w)\.(?=\w)|[/\\<>\[\]()|]")


def use(outlet: Outlet) -> None:
    """Let `outlet` carry the letters."""
    _outlets[:] = [outlet]


def harmless(name: str) -> str:
    """A name as it may stand in a mail: one line, nothing that a mail program would make a link of."""
    return _LINK.sub(" ", clean_line(name))[:150].strip()


def send(*, user: User, purpose: str, address: str, by: User | None = None, change: str = "") -> AccountLetter:
    """Write a letter and its row in the outbox, in the transaction of its cause; `change` is what it tells of."""
    now = clock.wall_now()
    letter = AccountLetter.objects.create(
        user=user, purpose=purpose, address=address, created_at=now, created_by=by, expires_at=now + age_of(purpose)
    )
    title, body = words_of(letter, change)
    for outlet in _outlets:
        outlet(letter, title, body)
    return letter


def age_of(purpose: str) -> timedelta:
    """How long the link of a letter works; letters that only tell are worth sending for a week."""
    ages = {
        Purpose.INVITATION: settings.INVITATION_AGE,
        Purpose.RESET: settings.PASSWORD_RESET_AGE,
        Purpose.EMAIL_CONFIRM: settings.EMAIL_CONFIRM_AGE,
    }
    return ages.get(Purpose(purpose), timedelta(days=7))


def words_of(letter: AccountLetter, change: str = "") -> tuple[str, str]:
    """Title and body of a letter; the link is added when it is sent."""
    hours = int(age_of(letter.purpose).total_seconds() // 3600)
    values = {"user": harmless(letter.user.username), "hours": hours, "portal": settings.PORTAL_TITLE}
    if letter.purpose == Purpose.INVITATION:
        return _invitation(letter, values)
    values |= {"change": change, "keeper": harmless(letter.created_by.full_name) if letter.created_by else ""}
    title, body = _sentences()[Purpose(letter.purpose)]
    return title, body % values


def _invitation(letter: AccountLetter, values: dict[str, object]) -> tuple[str, str]:
    inviter = harmless(letter.created_by.full_name) if letter.created_by else settings.PORTAL_OFFICE
    body = _(
        "%(inviter)s mời đồng chí dùng %(portal)s. Tên đăng nhập: %(user)s.\n\n"
        "Mở liên kết dưới đây để đặt mật khẩu. Liên kết dùng được một lần, trong %(hours)d giờ."
    )
    return _("Lời mời dùng cổng thi đua"), body % (values | {"inviter": inviter})


def _sentences() -> dict[Purpose, tuple[str, str]]:
    changed_by = _("Người thay đổi: %(keeper)s. Chưa đúng thì báo người này hoặc Phòng Nội vụ.")
    not_me = _("Nếu không phải đồng chí làm việc này, đổi mật khẩu và báo Phòng Nội vụ ngay.")
    return {
        Purpose.RESET: (
            _("Đặt lại mật khẩu"),
            _(
                "Có người xin đặt lại mật khẩu của tài khoản %(user)s. Mở liên kết dưới đây để đặt mật khẩu mới. "
                "Liên kết dùng được một lần, trong %(hours)d giờ.\n\n"
                "Nếu không phải đồng chí xin, bỏ qua thư này: mật khẩu vẫn như cũ."
            ),
        ),
        Purpose.EMAIL_CONFIRM: (
            _("Xác nhận địa chỉ thư mới"),
            _(
                "Tài khoản %(user)s xin nhận thư ở địa chỉ này. Đăng nhập rồi mở liên kết dưới đây để xác nhận. "
                "Liên kết dùng được một lần, trong %(hours)d giờ. Trước khi xác nhận, thư vẫn gửi về địa chỉ cũ."
            ),
        ),
        Purpose.EMAIL_TAKEN: (
            _("Địa chỉ thư đã có tài khoản"),
            _("Có tài khoản xin nhận thư ở địa chỉ này, nhưng địa chỉ đã thuộc một tài khoản. Không có gì thay đổi."),
        ),
        Purpose.EMAIL_CHANGED: (
            _("Địa chỉ thư của tài khoản đã đổi"),
            _("Tài khoản %(user)s từ nay nhận thư ở địa chỉ khác. ") + not_me,
        ),
        Purpose.PASSWORD_CHANGED: (
            _("Mật khẩu đã đổi"),
            _("Mật khẩu của tài khoản %(user)s vừa được đổi; các phiên khác đã kết thúc. ") + not_me,
        ),
        Purpose.FACTOR_CHANGED: (
            _("Xác thực hai lớp đã đổi"),
            _("Xác thực hai lớp của tài khoản %(user)s vừa được bật, tắt hoặc đặt lại. ") + not_me,
        ),
        Purpose.ROLES_CHANGED: (_("Vai trò trên cổng đã đổi"), "%(change)s " + changed_by),
        Purpose.DETAILS_CHANGED: (_("Thông tin tài khoản đã sửa"), "%(change)s " + changed_by),
    }
