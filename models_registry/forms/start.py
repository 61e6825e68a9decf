from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, ModelOneChoiceField, OneChoiceField, PortalForm
from models_registry.enums import Category, SubjectKind
from models_registry.models import Exemplar, Field

#: The categories as an officer meets them, the commonest first, each with when to choose it.
CATEGORY_HINTS = {
    Category.GOOD_DEED: _("Một việc tốt cụ thể vừa thấy; biểu mẫu ngắn, vài phút là xong."),
    Category.NEW_FACTOR: _("Cách làm hay, người mới nổi lên, cần theo dõi và bồi dưỡng thêm."),
    Category.MODEL: _("Cách làm có quy mô, đã chạy được một thời gian, nơi khác có thể làm theo."),
    Category.EXEMPLAR: _("Người, tập thể, hộ có thành tích nổi bật, đủ tiêu chí để công nhận và nhân rộng."),
}
CATEGORIES = [(value, Category(value).label) for value in CATEGORY_HINTS]


def _category_field() -> OneChoiceField:
    return OneChoiceField(
        label=_("Loại hồ sơ"),
        choices=CATEGORIES,
        widget=forms.RadioSelect,
        required_message=_("Chọn loại hồ sơ: người tốt, việc tốt; nhân tố mới; mô hình hay điển hình tiên tiến."),
    )


def _subject_field() -> OneChoiceField:
    return OneChoiceField(
        label=_("Đối tượng"),
        choices=SubjectKind.choices,
        widget=forms.RadioSelect,
        required_message=_("Chọn đối tượng: cá nhân, tập thể hay hộ gia đình."),
    )


class StartForm(PortalForm):
    """The first screen: what is registered, and a name. That is enough to begin a draft."""

    category = _category_field()
    subject_kind = _subject_field()
    full_name = LineField(
        label=_("Tên người, tập thể hoặc hộ gia đình"),
        max_length=150,
        allow_emoji=False,
        required_message=_("Nhập tên của người, tập thể hoặc hộ được giới thiệu."),
        help_text=_("Viết như trên giấy tờ, không kèm “ông”, “bà”."),
        attrs={"enterkeyhint": "next"},
    )
    field = ModelOneChoiceField(label=_("Lĩnh vực"), queryset=Field.objects.all(), required=False)
    sudden = forms.BooleanField(label=_("Thành tích đột xuất (cứu người, bắt cướp, chữa cháy…)"), required=False)

    def __init__(self, *args: Any, wanted: str = "", **kwargs: Any) -> None:
        category = wanted if wanted in Category.values else Category.GOOD_DEED
        kwargs["initial"] = {"category": category, "subject_kind": SubjectKind.INDIVIDUAL}
        super().__init__(*args, **kwargs)


class KindForm(PortalForm):
    """Another category or subject for a draft that was never sent."""

    category = _category_field()
    subject_kind = _subject_field()

    def __init__(self, *args: Any, exemplar: Exemplar, **kwargs: Any) -> None:
        initial = {"category": exemplar.category, "subject_kind": exemplar.subject_kind}
        super().__init__(*args, initial=initial, **kwargs)
