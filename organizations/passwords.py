"""What a password must be: one profile for the whole portal (setting PASSWORD_PROFILE), all faults said at once."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import clock
from core.text import search_key

if TYPE_CHECKING:
    from .models import User

LONGEST = 128
PHRASE = 20
LOCAL_WORDS = ("gocongtay", "thidua", "khenthuong")
#: Shorter parts of names ("an", "lan") stand in many words by chance.
SHORTEST_PART = 5
#: What must be left of a long phrase beside the local words in it.
LEFT_OF_PHRASE = 12
_LEET = str.maketrans("013457@$", "oieastas")


@dataclass(frozen=True)
class Profile:
    """Rules of one profile; `kinds` of the four kinds of characters, waived from PHRASE characters on."""

    shortest: int
    kinds: int
    remind_after: datetime.timedelta | None


PROFILES = {"VN": Profile(12, 3, datetime.timedelta(days=180)), "ASVS": Profile(15, 0, None)}


def profile() -> Profile:
    """The profile in force."""
    return PROFILES[settings.PASSWORD_PROFILE]


def normalise(password: str) -> str:
    """One form for what keyboards compose differently: a phrase with marks is the same on every machine."""
    return unicodedata.normalize("NFKC", password)


def rules_in_words() -> str:
    """The rules as the hint beside the field."""
    if profile().kinds:
        return _(
            "Ít nhất %(shortest)d ký tự và có 3 trong 4 loại: chữ hoa, chữ thường, chữ số, ký hiệu; "
            "hoặc một câu dài từ %(phrase)d ký tự. Không dùng tên người, tên đơn vị."
        ) % {"shortest": profile().shortest, "phrase": PHRASE}
    return _("Ít nhất %(shortest)d ký tự, dài là tốt. Không dùng tên người, tên đơn vị.") % {
        "shortest": profile().shortest
    }


class ProfileValidator:
    """Django's door to the rules: used by forms and by commands alike."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse a password with every fault it has."""
        faults = list(faults_of(password, user))
        if faults:
            raise ValidationError(faults)

    def get_help_text(self) -> str:
        """The rules in words."""
        return rules_in_words()


def faults_of(password: str, user: User | None = None) -> Iterator[str]:
    """Every fault of a password, as sentences that say what to do."""
    word = normalise(password)
    yield from _length_faults(word)
    if profile().kinds and len(word) < PHRASE and _kinds(word) < profile().kinds:
        yield _("Thêm loại ký tự: cần 3 trong 4 loại chữ hoa, chữ thường, chữ số, ký hiệu.")
    if _is_common(word):
        yield _("Mật khẩu này nhiều người dùng, dễ bị đoán. Chọn mật khẩu khác.")
    if named := _local_word(word, user):
        yield _("Mật khẩu có “%(word)s” là tên hoặc từ ai cũng đoán được. Bỏ từ đó đi.") % {"word": named}


def _length_faults(word: str) -> Iterator[str]:
    if len(word) < profile().shortest:
        yield _("Mật khẩu mới có %(now)d ký tự, cần ít nhất %(shortest)d.") % {
            "now": len(word),
            "shortest": profile().shortest,
        }
    if len(word) > LONGEST:
        yield _("Mật khẩu dài %(now)d ký tự, nhiều nhất là %(longest)d.") % {"now": len(word), "longest": LONGEST}
    if len(set(word)) < 5 <= len(word):
        yield _("Mật khẩu chỉ lặp lại vài ký tự. Dùng nhiều ký tự khác nhau hơn.")


def _kinds(word: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit)
    found = sum(any(test(char) for char in word) for test in tests)
    return found + any(not char.isalnum() for char in word)


def _is_common(word: str) -> bool:
    try:
        CommonPasswordValidator().validate(word)
    except ValidationError:
        return True
    return False


def _local_word(word: str, user: User | None) -> str:
    """The first local word in a password; a long phrase may hold one when enough else is left."""
    plain, without_leet = _squeezed(word), _squeezed(word.translate(_LEET))
    found = [part for part in _forbidden(user) if part in plain or part in without_leet]
    if not found:
        return ""
    left = without_leet if any(part not in plain for part in found) else plain
    for part in found:
        left = left.replace(part, "")
    return "" if len(word) >= PHRASE and len(left) >= LEFT_OF_PHRASE else found[0]


def _squeezed(text: str) -> str:
    return search_key(text).replace(" ", "")


def _forbidden(user: User | None) -> list[str]:
    """Local words, names of units and of the person, without marks and spaces; the longest first."""
    from .models import Unit  # noqa: PLC0415  models load after the settings that name this module

    names = list(Unit.objects.values_list("short_name", flat=True))
    units = {_squeezed(part) for name in names for part in (name, name.partition(" ")[2])}
    own = _own_words(user) if user else set()
    words = {word for word in units | own if len(word) >= SHORTEST_PART}
    return sorted(words | set(LOCAL_WORDS), key=lambda part: (-len(part), part))


def _own_words(user: User) -> set[str]:
    mailbox = (user.email or "").partition("@")[0]
    parts = {_squeezed(user.username), _squeezed(mailbox), _squeezed(user.full_name or "")}
    return parts | {_squeezed(part) for part in (user.full_name or "").split()}


def reminder(user: Any) -> str:
    """The sentence for somebody whose password is old; empty when it is not, or its age is not known."""
    limit, since = profile().remind_after, user.password_changed_at
    if limit is None or since is None or clock.wall_now() - since < limit:
        return ""
    days = (clock.wall_now() - since).days
    return _("Mật khẩu đã dùng %(days)d ngày. Nên đổi mật khẩu ở trang Tài khoản.") % {"days": days}
