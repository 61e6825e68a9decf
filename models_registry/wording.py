"""The words of the letters about exemplars, after the model sentences of ux.md: date and name first."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.dates import format_date
from core.text import shorten
from organizations.enums import UnitKind

from .content import target_label
from .models import Exemplar, ExemplarTransition

#: Characters that a subject may have; phones cut the rest.
SUBJECT_LIMIT = 60
UNIT_LIMIT = 22
#: Remarks and characters of each that a mail quotes; all of them stand in the record.
QUOTED, QUOTED_LENGTH = 12, 300


@dataclass(frozen=True)
class Words:
    """Subject and plain text of a letter."""

    subject: str
    body: str


def subject(template: str, exemplar: Exemplar, **more: str) -> str:
    """The subject with the name of the record, cut so that the whole stays within the limit."""
    unit = shorten(exemplar.unit.short_name, UNIT_LIMIT)
    if exemplar.unit.kind == UnitKind.COMMUNE:
        unit = unit[:1].lower() + unit[1:]
    room = SUBJECT_LIMIT - len(template % {"name": "", "unit": unit, **more})
    return template % {"name": shorten(exemplar.full_name, max(room, 8)), "unit": unit, **more}


def _day(day: datetime.date | None) -> str:
    """Day and month, as a subject has room for."""
    return f"{day.day}/{day.month}" if day else ""


def _of(exemplar: Exemplar) -> dict[str, str]:
    """What most sentences say of a record."""
    named = f"{exemplar.full_name} – {exemplar.title}" if exemplar.title else exemplar.full_name
    return {"title": named, "unit": exemplar.unit.name_in_text, "number": exemplar.number}


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def to_office(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    """A record came in, for the first time or again; a sudden achievement has its own clock."""
    again = log.name == "resubmit"
    due = {"due": _day(exemplar.review_due)}
    if exemplar.sudden:
        title = subject(_("Đột xuất, hẹn %(due)s: %(name)s – %(unit)s"), exemplar, **due)
    elif again:
        title = subject(_("Gửi lại, hẹn %(due)s: %(name)s – %(unit)s"), exemplar, **due)
    else:
        title = subject(_("Hẹn %(due)s: hồ sơ %(name)s – %(unit)s"), exemplar, **due)
    told = {**_of(exemplar), "due": format_date(exemplar.review_due)}
    sent = (
        _("Hồ sơ “%(title)s” (%(number)s) của %(unit)s đã được bổ sung và gửi lại.")
        if again
        else _("Hồ sơ “%(title)s” (%(number)s) của %(unit)s đã được gửi xét duyệt.")
    )
    clock_words = (
        _("Thành tích đột xuất: hẹn trả lời đơn vị hết ngày %(due)s.")
        if exemplar.sudden
        else _("Hẹn trả lời đơn vị hết ngày %(due)s.")
    )
    return Words(title, _paragraphs(sent % told, clock_words % told))


def to_unit(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    """What the office decided, in the words of its step."""
    return _DECISIONS[log.name](exemplar, log)


def _recognised(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    told = {**_of(exemplar), "date": format_date(exemplar.recognised_on)}
    body = _("Phòng Nội vụ đã công nhận “%(title)s” (%(number)s) của %(unit)s ngày %(date)s.") % told
    shown = (
        _("Câu chuyện được đăng trên trang công khai theo sự đồng ý đã ghi.")
        if exemplar.consent_publish
        else _("Chưa có sự đồng ý công bố nên câu chuyện chưa lên trang công khai.")
    )
    return Words(subject(_("Đã công nhận: %(name)s"), exemplar), _paragraphs(body, shown))


def _returned(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    remarks = list(log.comments.order_by("pk"))
    told = {**_of(exemplar), "due": format_date(exemplar.return_due), "count": len(remarks)}
    body = (
        ngettext(
            "Hồ sơ “%(title)s” (%(number)s) được trả lại với %(count)d nhận xét, hạn bổ sung hết ngày %(due)s.",
            "Hồ sơ “%(title)s” (%(number)s) được trả lại với %(count)d nhận xét, hạn bổ sung hết ngày %(due)s.",
            len(remarks),
        )
        % told
    )
    lines = [
        f"{number}. {target_label(remark.target, exemplar.subject_kind)}: {shorten(remark.text, QUOTED_LENGTH)}"
        for number, remark in enumerate(remarks[:QUOTED], start=1)
    ]
    if rest := len(remarks) - QUOTED:
        lines += [_("Và %(n)d nhận xét nữa trong hồ sơ.") % {"n": rest}] if rest > 0 else []
    kept = _("Nội dung đã nhập vẫn được giữ. Sửa những mục trên rồi bấm “Gửi lại”.")
    title = subject(_("Trả lại để bổ sung, hạn %(due)s: %(name)s"), exemplar, due=_day(exemplar.return_due))
    return Words(title, _paragraphs(body, "\n".join(lines), kept))


def _rejected(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    body = _("Phòng Nội vụ không công nhận hồ sơ “%(title)s” (%(number)s).") % _of(exemplar)
    reason = _("Lý do: %(reason)s") % {"reason": exemplar.rejection_reason}
    last = _("Đây là bước cuối, hồ sơ không sửa lại được. Cần trao đổi thêm thì trả lời thư này.")
    return Words(subject(_("Không công nhận: hồ sơ %(name)s"), exemplar), _paragraphs(body, reason, last))


def _revoked(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    told = {**_of(exemplar), "paper": exemplar.revocation_paper, "date": format_date(exemplar.revoked_on)}
    body = _("Việc công nhận “%(title)s” (%(number)s) đã bị hủy ngày %(date)s theo văn bản %(paper)s.") % told
    reason = _("Lý do: %(reason)s") % {"reason": exemplar.revocation_reason}
    public = _("Câu chuyện không còn trên trang công khai. Hồ sơ và lịch sử vẫn được giữ.")
    return Words(subject(_("Đã hủy công nhận: %(name)s"), exemplar), _paragraphs(body, reason, public))


def _ended(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    told = {**_of(exemplar), "date": format_date(exemplar.ended_on)}
    body = _("Hồ sơ “%(title)s” (%(number)s) đã kết thúc ngày %(date)s; việc công nhận trước đó vẫn giữ nguyên.") % told
    reason = _("Lý do: %(reason)s") % {"reason": exemplar.end_reason}
    return Words(subject(_("Đã kết thúc: hồ sơ %(name)s"), exemplar), _paragraphs(body, reason))


def _held(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    told = {**_of(exemplar), "date": format_date(exemplar.hold_since)}
    body = _("Phòng Nội vụ tạm dừng hồ sơ “%(title)s” (%(number)s) từ ngày %(date)s.") % told
    reason = _("Lý do: %(reason)s") % {"reason": log.reason}
    meanwhile = _("Trong lúc tạm dừng, hồ sơ không gửi, không công nhận, không đăng công khai; nội dung vẫn được giữ.")
    return Words(subject(_("Tạm dừng: hồ sơ %(name)s"), exemplar), _paragraphs(body, reason, meanwhile))


def _released(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    body = _("Phòng Nội vụ đã bỏ tạm dừng hồ sơ “%(title)s” (%(number)s).") % _of(exemplar)
    reason = _("Lý do: %(reason)s") % {"reason": log.reason}
    due = format_date(exemplar.review_due) if exemplar.is_waiting and exemplar.review_due else ""
    promise = _("Hẹn trả lời mới: hết ngày %(due)s.") % {"due": due} if due else ""
    return Words(subject(_("Được làm tiếp: hồ sơ %(name)s"), exemplar), _paragraphs(body, reason, promise))


def _amended(exemplar: Exemplar, log: ExemplarTransition) -> Words:
    body = _("Phòng Nội vụ đã áp dụng đề nghị điều chỉnh hồ sơ “%(title)s” (%(number)s).") % _of(exemplar)
    reason = _("Lý do điều chỉnh: %(reason)s") % {"reason": log.reason}
    return Words(subject(_("Đã điều chỉnh: hồ sơ %(name)s"), exemplar), _paragraphs(body, reason))


_DECISIONS: dict[str, Callable[[Exemplar, ExemplarTransition], Words]] = {
    "recognise": _recognised,
    "return": _returned,
    "reject": _rejected,
    "revoke": _revoked,
    "end": _ended,
    "hold": _held,
    "release": _released,
    "amend": _amended,
}


def late_days(exemplar: Exemplar) -> int:
    """Days since the promised date."""
    return (clock.today() - exemplar.review_due).days if exemplar.review_due else 0


def late_to_unit(exemplar: Exemplar) -> Words:
    """An answer is late: to who sent the record, with whom to ask."""
    told = {**_of(exemplar), "due": format_date(exemplar.review_due), "office": settings.PORTAL_OFFICE}
    body = _("Hồ sơ “%(title)s” (%(number)s) chưa được trả lời, dù đã hẹn hết ngày %(due)s.") % told
    owner = (
        _("Người thẩm định: %(who)s.") % {"who": exemplar.taken_by.full_name}
        if exemplar.taken_by
        else _("Chưa có người nhận thẩm định.")
    )
    known = _("%(office)s đã được báo. Đơn vị không phải gửi lại hồ sơ; cần hỏi thì trả lời thư này.") % told
    return Words(_late_subject(exemplar), _paragraphs(body, owner, known))


def _late_subject(exemplar: Exemplar) -> str:
    return subject(_("Quá hẹn %(days)s ngày: %(name)s – %(unit)s"), exemplar, days=str(late_days(exemplar)))
