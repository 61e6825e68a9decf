"""Vietnamese sentences in place of Django's own messages, for its plain fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.forms.checks import noun, upper_first

_NOT_LISTED = gettext_noop("“%(value)s” không có trong danh sách {name}. Chọn mục trong danh sách.")
_DATE = gettext_noop("Không đọc được {name}. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.")

# From the general to the particular: a later row wins.
_SENTENCES: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.Field, {"required": gettext_noop("Nhập {name}.")}),
    (
        forms.CharField,
        {
            "max_length": gettext_noop("{Name} đang dài %(show_value)d ký tự, nhiều nhất là %(limit_value)d."),
            "min_length": gettext_noop("{Name} mới có %(show_value)d ký tự, ít nhất là %(limit_value)d."),
            "null_characters_not_allowed": gettext_noop("{Name} có ký tự điều khiển. Xóa đi rồi gõ lại."),
        },
    ),
    (forms.EmailField, {"invalid": gettext_noop("{Name} chưa đúng. Nhập theo dạng ten@donvi.gov.vn.")}),
    (forms.URLField, {"invalid": gettext_noop("{Name} chưa đúng. Nhập cả phần đầu, ví dụ https://tiengiang.gov.vn.")}),
    (
        forms.IntegerField,
        {
            "invalid": gettext_noop("Nhập {name} bằng chữ số, ví dụ 12."),
            "min_value": gettext_noop("{Name} không được nhỏ hơn %(limit_value)s. Nhập lại số."),
            "max_value": gettext_noop("{Name} không được lớn hơn %(limit_value)s. Nhập lại số."),
        },
    ),
    (forms.DecimalField, {"invalid": gettext_noop("Nhập {name} bằng chữ số, ví dụ 99,6.")}),
    (forms.DateField, {"invalid": _DATE}),
    (forms.DateTimeField, {"invalid": gettext_noop("Không đọc được {name}. Nhập ngày và giờ, ví dụ 22/9/2021 14:30.")}),
    (forms.TimeField, {"invalid": gettext_noop("Không đọc được {name}. Nhập giờ:phút, ví dụ 14:30.")}),
    (forms.BooleanField, {"required": gettext_noop("Đánh dấu vào ô “{label}” để tiếp tục.")}),
    (forms.ChoiceField, {"required": gettext_noop("Chọn {name}."), "invalid_choice": _NOT_LISTED}),
    (
        forms.MultipleChoiceField,
        {
            "required": gettext_noop("Chọn ít nhất một mục ở {name}."),
            "invalid_list": gettext_noop("Chọn {name} trong danh sách."),
        },
    ),
    (
        forms.ModelChoiceField,
        {"required": gettext_noop("Chọn {name}."), "invalid_choice": gettext_noop("Chọn {name} trong danh sách.")},
    ),
    (
        forms.ModelMultipleChoiceField,
        {
            "required": gettext_noop("Chọn ít nhất một mục ở {name}."),
            "invalid_choice": _NOT_LISTED,
            "invalid_list": gettext_noop("Chọn {name} trong danh sách."),
            "invalid_pk_value": gettext_noop("“%(pk)s” không có trong danh sách {name}. Chọn mục trong danh sách."),
        },
    ),
    (
        forms.FileField,
        {
            "required": gettext_noop("Chọn tệp cho mục {name}."),
            "invalid": gettext_noop("Tệp chưa được gửi lên. Chọn lại tệp cho mục {name}."),
            "missing": gettext_noop("Tệp chưa được gửi lên. Chọn lại tệp cho mục {name}."),
            "empty": gettext_noop("Tệp ở mục {name} không có nội dung (0 byte). Chọn tệp khác."),
            "max_length": gettext_noop(
                "Tên tệp dài %(length)d ký tự, nhiều nhất là %(max)d. Đặt tên ngắn hơn rồi chọn lại."
            ),
            "contradiction": gettext_noop("Vừa chọn tệp mới vừa đánh dấu xóa ở mục {name}. Chọn một trong hai."),
        },
    ),
    (
        forms.ImageField,
        {"invalid_image": gettext_noop("Không đọc được ảnh ở mục {name}. Chọn ảnh JPG hoặc PNG.")},
    ),
)


def _defaults(field: forms.Field) -> dict[str, Any]:
    messages: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        messages.update(getattr(kind, "default_error_messages", {}))
    return messages


def _fill(sentence: str, label: str) -> str:
    text = _(sentence)
    safe = label.replace("%", "%%") if "%(" in sentence else label
    return text.format(name=noun(safe), Name=upper_first(safe), label=safe)


def replace_messages(field: forms.Field) -> None:
    """Put the portal's sentences into a plain field, except where the form's author wrote one."""
    defaults, label = _defaults(field), str(field.label or _("mục này"))
    for kind, sentences in _SENTENCES:
        if not isinstance(field, kind):
            continue
        for code, sentence in sentences.items():
            if field.error_messages.get(code) == defaults.get(code):
                defaults[code] = field.error_messages[code] = _fill(sentence, label)
