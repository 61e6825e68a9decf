"""What the log calls the decisions about the schedule."""

from django.utils.translation import gettext_lazy as _

from core.audit.words import register_words

_WORDS = {
    "programme.save": _("Sửa chương trình"),
    "programme.add_basis": _("Thêm căn cứ vào chương trình"),
    "programme.remove_basis": _("Bỏ căn cứ khỏi chương trình"),
    "programme.goals": _("Đặt chỉ tiêu của đơn vị"),
    "programme.clone": _("Chuẩn bị giai đoạn sau"),
    "programme.close": _("Đóng chương trình"),
    "milestone.add": _("Thêm mốc kế hoạch"),
    "milestone.save": _("Sửa mốc kế hoạch"),
    "milestone.delete": _("Xóa mốc kế hoạch"),
    "milestone.publish": _("Công bố mốc kế hoạch"),
    "milestone.repeat": _("Lặp lại mốc hằng năm"),
    "milestone.due": _("Đổi hạn của mốc kế hoạch"),
    "milestone.exception": _("Không nhắc một đơn vị"),
    "milestone.remind_again": _("Nhắc lại một đơn vị"),
    "unit_task.hand_over": _("Giao lại nhiệm vụ cho đơn vị khác"),
    "urging.send": _("Đôn đốc đơn vị chậm"),
}


def register() -> None:
    """Name the actions on the page of the log."""
    register_words(_WORDS)
