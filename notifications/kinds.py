"""Which letters are of which kind: apps register the steps of their subjects; what nobody registered is a duty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from .enums import NoticeKind, Rhythm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Kind:
    """One kind of letters: its name in full, what it holds, its rhythm when a person chose none, whether one may."""

    code: NoticeKind
    label: StrOrPromise
    text: StrOrPromise
    default: Rhythm
    is_fixed: bool = False


KINDS: dict[str, Kind] = {
    kind.code.value: kind
    for kind in (
        Kind(
            NoticeKind.DUTY,
            _("Việc phải làm và nhắc hạn"),
            _("Nhiệm vụ sắp đến hạn hay quá hạn, hồ sơ bị trả lại, việc chờ xử lý."),
            Rhythm.AT_ONCE,
            is_fixed=True,
        ),
        Kind(
            NoticeKind.DECISION,
            _("Kết quả với hồ sơ, báo cáo đã gửi"),
            _("Hồ sơ được công nhận hay không, báo cáo được nhận, câu trả lời cho đề nghị của đơn vị."),
            Rhythm.AT_ONCE,
        ),
        Kind(
            NoticeKind.REQUEST,
            _("Đề nghị xác nhận, gia hạn, điều chỉnh"),
            _("Đơn vị khác xin xác nhận hồ sơ, xin gia hạn, xin điều chỉnh hồ sơ đã công nhận."),
            Rhythm.AT_ONCE,
        ),
        Kind(
            NoticeKind.NEWS,
            _("Tin mới"),
            _("Nhiệm vụ mới giao, hướng dẫn mới, phong trào mới phát động, điển hình mới được công nhận."),
            Rhythm.DAILY,
        ),
    )
}

#: (subject type, name of the step) → kind; the name "" stands for all other steps of the subject.
_registered: dict[tuple[str, str], NoticeKind] = {}


def register_kinds(subject_type: str, kinds: Mapping[str, NoticeKind]) -> None:
    """Let an app say of which kind its letters are, by the name of the step (the part before ":"), "" for the rest."""
    _registered.update({(subject_type, name): kind for name, kind in kinds.items()})


def kind_of(subject_type: str, step: str) -> Kind:
    """The kind of a letter; a duty unless its app says otherwise."""
    name = step.partition(":")[0]
    found = _registered.get((subject_type, name)) or _registered.get((subject_type, "")) or NoticeKind.DUTY
    return KINDS[found]
