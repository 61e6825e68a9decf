from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Movement
from core import clock
from core.forms import (
    BirthField,
    LineField,
    ModelOneChoiceField,
    NumberField,
    OneChoiceField,
    PhoneField,
    PortalForm,
    ProseField,
    VietnameseDateField,
    YearField,
)
from models_registry.enums import Gender
from models_registry.models import Field, SubField


class ExemplarFields(PortalForm):
    """Every field that a record of some category and subject has."""

    full_name = LineField(
        label=_("Họ và tên"),
        max_length=150,
        allow_emoji=False,
        required_message=_("Nhập họ và tên của người được giới thiệu."),
    )
    title = LineField(
        label=_("Tên gương"),
        max_length=200,
        allow_emoji=False,
        required=False,
        help_text=_("Một dòng nói việc làm, ví dụ: Cứu hai em nhỏ đuối nước trên kinh."),
    )
    gender = OneChoiceField(label=_("Giới tính"), choices=Gender.choices, required=False, widget=forms.RadioSelect)
    birth = BirthField(
        label=_("Ngày sinh hoặc năm sinh"),
        required=False,
        help_text=_("Ví dụ 22/9/1975. Chỉ biết năm thì ghi 1975. Ngày, tháng không hiện với đơn vị khác."),
    )
    head_name = LineField(label=_("Người đứng đầu hoặc chủ hộ"), max_length=150, allow_emoji=False, required=False)
    spouse_name = LineField(label=_("Vợ / chồng"), max_length=150, allow_emoji=False, required=False)
    founded_year = YearField(label=_("Năm thành lập"), required=False)
    member_count = NumberField(label=_("Số thành viên"), required=False, min=1, max=1_000_000)
    occupation = LineField(label=_("Nghề nghiệp"), max_length=120, allow_emoji=False, required=False)
    position = LineField(label=_("Chức vụ, chức danh"), max_length=120, allow_emoji=False, required=False)
    workplace = LineField(
        label=_("Đơn vị công tác"),
        max_length=200,
        allow_emoji=False,
        required=False,
        help_text=_("Cần ít nhất một trong hai: đơn vị công tác hoặc địa chỉ."),
    )
    hamlet = LineField(
        label=_("Địa chỉ (ấp, khu phố)"),
        max_length=120,
        allow_emoji=False,
        required=False,
        help_text=_("Ví dụ: ấp Bình Trinh. Không cần số nhà."),
    )
    phone = PhoneField(
        label=_("Điện thoại liên hệ"),
        required=False,
        help_text=_("Chỉ đơn vị và Phòng Nội vụ xem được."),
    )
    proposed_by = LineField(
        label=_("Nơi giới thiệu"),
        max_length=200,
        allow_emoji=False,
        required=False,
        help_text=_("Chi hội, đoàn thể hoặc ấp giới thiệu, ví dụ: Hội Nông dân xã."),
    )
    model_owner = LineField(
        label=_("Chủ mô hình"),
        max_length=150,
        allow_emoji=False,
        required=False,
        help_text=_("Người hoặc tổ chức làm chủ mô hình. Để trống nếu chính là tên ở trên."),
    )
    model_start_year = YearField(label=_("Năm bắt đầu"), required=False)
    model_scale = LineField(
        label=_("Quy mô"),
        max_length=200,
        allow_emoji=False,
        required=False,
        help_text=_("Ví dụ: 8 công đất; 24 hộ tham gia."),
    )
    happened_on = VietnameseDateField(
        label=_("Ngày lập thành tích"),
        required=False,
        not_after=clock.today,
        help_text=_("Ngày xảy ra việc làm, ví dụ 22/9/2021."),
    )
    political_task = LineField(
        label=_("Nhiệm vụ chính trị phục vụ"),
        max_length=250,
        allow_emoji=False,
        required=False,
        help_text=_("Nghị quyết, chương trình hoặc nhiệm vụ mà gương này góp phần thực hiện."),
    )
    field = ModelOneChoiceField(label=_("Lĩnh vực"), queryset=Field.objects.all(), required=False)
    sub_field = ModelOneChoiceField(
        label=_("Lĩnh vực cụ thể"),
        queryset=SubField.objects.select_related("field"),
        required=False,
        label_from=lambda sub: f"{sub.field.short_name}: {sub.name}",
    )
    movement = ModelOneChoiceField(label=_("Phong trào thi đua"), queryset=Movement.objects.all(), required=False)
    grassroots = forms.BooleanField(label=_("Ở cấp cơ sở (ấp, xã, chi hội, tổ, đội)"), required=False)
    direct_labour = forms.BooleanField(label=_("Người trực tiếp lao động, sản xuất"), required=False)
    sudden = forms.BooleanField(label=_("Thành tích đột xuất (cứu người, bắt cướp, chữa cháy…)"), required=False)
    carried_over = forms.BooleanField(label=_("Đã được tôn vinh trước năm 2021"), required=False)

    summary = ProseField(
        label=_("Tóm tắt"),
        max_length=600,
        required=False,
        attrs={"rows": 4},
        help_text=_("Ba, bốn câu: ai, làm gì, được gì. Phần này hiện trong danh sách."),
    )
    context = ProseField(
        label=_("Hoàn cảnh"),
        max_length=6000,
        required=False,
        attrs={"rows": 5},
        help_text=_("Trước khi có việc làm này, tình hình thế nào, vì sao bắt tay vào làm."),
    )
    deeds = ProseField(
        label=_("Việc làm"),
        max_length=12000,
        required=False,
        attrs={"rows": 8},
        help_text=_("Đã làm những gì, làm cách nào, ai cùng làm. Ba phần nên dài từ 300 đến 800 chữ."),
    )
    results = ProseField(
        label=_("Kết quả"),
        max_length=6000,
        required=False,
        attrs={"rows": 5},
        help_text=_("Thay đổi thấy được: thu nhập, số người được giúp, việc được công nhận."),
    )
    economic_value = ProseField(
        label=_("Giá trị kinh tế"),
        max_length=2000,
        required=False,
        attrs={"rows": 3},
        help_text=_("Thu nhập tăng thêm, chi phí giảm, của cải làm ra; có số thì ghi số."),
    )
    social_meaning = ProseField(
        label=_("Ý nghĩa xã hội"),
        max_length=2000,
        required=False,
        attrs={"rows": 3},
        help_text=_("Ai được lợi, cộng đồng thay đổi gì, ai noi theo."),
    )
    causes = ProseField(
        label=_("Nguyên nhân thành công"),
        max_length=4000,
        required=False,
        attrs={"rows": 4},
        help_text=_("Vì sao làm được: mỗi ý một dòng."),
    )
    measures = ProseField(
        label=_("Biện pháp đã làm"),
        max_length=4000,
        required=False,
        attrs={"rows": 4},
        help_text=_("Cách làm cụ thể: mỗi ý một dòng."),
    )
    lessons = ProseField(
        label=_("Bài học kinh nghiệm"),
        max_length=4000,
        required=False,
        attrs={"rows": 4},
        help_text=_("Điều nơi khác có thể vận dụng, học tập, làm theo."),
    )
    consent_publish = forms.BooleanField(
        label=_("Người được giới thiệu đồng ý cho công bố tên, ảnh và câu chuyện trên trang công khai"),
        required=False,
    )
    consent_on = VietnameseDateField(
        label=_("Ngày đồng ý"), required=False, not_after=clock.today, help_text=_("Ví dụ 22/9/2021.")
    )
    consent_note = LineField(
        label=_("Phạm vi đồng ý"),
        max_length=200,
        allow_emoji=False,
        required=False,
        help_text=_("Ví dụ: đăng câu chuyện và ảnh, không nêu ấp."),
    )
