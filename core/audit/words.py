"""What the actions of the log are called on its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_words: dict[str, StrOrPromise] = {
    "refused.403": _("Mở trang không thuộc vai trò"),
    "refused.404": _("Mở hồ sơ hoặc trang không được xem"),
    "refused.405": _("Gọi sai cách"),
    "refused.413": _("Gửi tệp quá lớn"),
    "refused.429": _("Thao tác quá nhanh"),
}


def register_words(words: Mapping[str, StrOrPromise]) -> None:
    """Name the actions that an app puts into the log."""
    _words.update(words)


def action_word(action: str) -> str:
    """The name of an action; its code when no app named it."""
    return str(_words.get(action, action))
