"""What the actions and the subjects of the log are called on its page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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


_names: dict[str, Callable[[Collection[int]], Mapping[int, str]]] = {}


def register_names(subject_type: str, names: Callable[[Collection[int]], Mapping[int, str]]) -> None:
    """Let an app name its records on the page of the log; `names` takes keys and asks one query."""
    _names[subject_type] = names


def names_of(subject_type: str, keys: Collection[int]) -> Mapping[int, str]:
    """What the records of these keys are called now; nothing where the words of the row itself are to stand."""
    names = _names.get(subject_type)
    return names(keys) if names and keys else {}


def action_word(action: str) -> str:
    """The name of an action; its code when no app named it."""
    return str(_words.get(action, action))
