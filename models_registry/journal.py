"""What the chain of the log must agree with, and what it calls the steps of exemplars."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.audit.chain import Mirrored, Standing, register_mirror
from core.audit.words import register_words
from core.readonly import register_writing_read

from .enums import State
from .models import Exemplar, ExemplarTransition
from .selectors import STEP_WORDS

_CHUNK = 5000


def steps() -> Iterator[Mirrored]:
    """Every step of every exemplar, as the chain should hold it."""
    columns = ("pk", "record", "at", "name", "actor", "source", "target", "reason")
    rows = ExemplarTransition.objects.order_by("pk").values_list(*columns)
    for pk, record, at, name, *told in rows.iterator(chunk_size=_CHUNK):
        yield ("exemplar", pk, record, at, f"exemplar.{name}", *told)


def standings() -> Iterator[Standing]:
    """The state of every exemplar; one without a step is a draft."""
    for pk, state in Exemplar.objects.order_by("pk").values_list("pk", "state").iterator(chunk_size=_CHUNK):
        yield "exemplar", pk, state, State.DRAFT


_WORDS = {
    "exemplar.look": _("Xem thông tin riêng"),
    "exemplar.download": _("Mở tệp của hồ sơ"),
    "exemplar.discard": _("Chuyển bản nháp vào thùng rác"),
    "exemplar.restore": _("Lấy lại bản nháp từ thùng rác"),
    "exemplar.remove": _("Xóa hẳn bản nháp quá hạn ở thùng rác"),
    "review_settings.save": _("Đổi cài đặt xét duyệt"),
    "stock_remark.add": _("Thêm câu nhận xét mẫu"),
    "stock_remark.change": _("Sửa câu nhận xét mẫu"),
    "stock_remark.remove": _("Bỏ câu nhận xét mẫu"),
}


def register() -> None:
    """Let `verify_audit` compare the steps with the chain, and its page name them."""
    register_mirror(steps, standings)
    register_words({f"exemplar.{name}": word for name, word in STEP_WORDS.items()})
    register_words(_WORDS)
    register_writing_read("models_registry:attachment", "opening a document is logged: it may hold personal data")
