import datetime
import unicodedata
from decimal import Decimal

import pytest
from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template

from core.dates import PartialDate
from core.forms import (
    BirthField,
    FormError,
    LineField,
    ModelOneChoiceField,
    NumberField,
    OneChoiceField,
    PhoneField,
    PortalForm,
    PortalModelForm,
    ProseField,
    VietnameseDateField,
    YearField,
    check_line,
    check_phone,
)

GENDERS = [("male", "Nam"), ("female", "Nữ")]


def refusal(field, value):
    with pytest.raises(ValidationError) as refused:
        field.clean(value)
    return refused.value.messages


def name_field(**options):
    return LineField(label="Họ và tên", max_length=20, allow_emoji=False, **options)


class ExemplarForm(PortalForm):
    full_name = name_field(required_message="Nhập họ và tên của người được giới thiệu.")
    gender = OneChoiceField(label="Giới tính", choices=GENDERS, widget=forms.RadioSelect)
    story = ProseField(label="Thành tích", max_length=50, required=False)
    achieved_on = VietnameseDateField(label="Ngày đạt thành tích", required=False)
    consent = forms.BooleanField(label="Đồng ý công bố")
    notify = forms.BooleanField(label="Gửi thư", required=False)

    def clean(self):
        if self.data.get("full_name") == "Tám":
            raise ValidationError(["Hồ sơ đã được lưu ở cửa sổ khác.", "Hồ sơ đã được lưu ở cửa sổ khác."])


def exemplar(**data):
    return ExemplarForm({"full_name": "Nguyễn Văn Tám", "gender": "male", "consent": "on"} | data)


def test_a_good_form_is_valid_and_has_no_summary():
    form = exemplar()
    assert form.is_valid()
    assert form.error_summary == []


def test_a_line_is_cleaned():
    typed = unicodedata.normalize("NFD", "  Nguyễn\u00a0Thị  Đượm\u200b\u202e\x00 ")
    assert name_field().clean(typed) == "Nguyễn Thị Đượm"


def test_markup_is_kept_as_text_and_escaped_on_the_page():
    form = exemplar(full_name="<b>Tám</b>", story="<script>alert(1)</script>")
    assert form.is_valid()
    assert form.cleaned_data["full_name"] == "<b>Tám</b>"
    assert "<script>" not in str(form)


def test_a_line_too_long_says_how_long_it_is():
    assert refusal(name_field(), "a" * 1243) == [
        "Họ và tên đang dài 1.243 ký tự, nhiều nhất là 20. Rút gọn bớt 1.223 ký tự."
    ]


@pytest.mark.parametrize("value", ["", None, "   ", "\u200b\x00", "\u3164"])
def test_a_required_line_names_itself(value):
    assert refusal(name_field(), value) == ["Nhập họ và tên."]
    assert refusal(name_field(required_message="Nhập tên hộ."), value) == ["Nhập tên hộ."]
    assert name_field(required=False).clean(value) == ""


def test_an_old_encoding_is_named():
    expected = "Chữ đang ở bảng mã cũ {} (phông {}). Chuyển sang Unicode rồi dán lại."
    assert refusal(name_field(), "NguyÔn V¨n §ång") == [expected.format("TCVN3", ".VnTime")]
    assert refusal(ProseField(label="Thành tích"), "Nguyeãn Vaên\nÑoàng") == [expected.format("VNI", "VNI-Times")]


def test_emoji_are_refused_in_names_only():
    assert refusal(name_field(), "Tám 👍") == ["Họ và tên có biểu tượng cảm xúc. Chỉ dùng chữ, số và dấu câu."]
    assert LineField(label="Tóm tắt").clean("Tốt 👍") == "Tốt 👍"


def test_prose_keeps_lines():
    assert ProseField(label="Thành tích", max_length=20).clean("một \r\n\r\n\r\n\r\nhai") == "một\n\nhai"


@pytest.mark.parametrize("field", [name_field(), ProseField(label="Thành tích", max_length=9)])
def test_the_browser_gets_no_length_limit(field):
    assert "maxlength" not in field.widget.attrs


def test_extra_attributes_reach_the_widget():
    assert LineField(attrs={"autocomplete": "name"}).widget.attrs == {"autocomplete": "name"}


def test_a_date_is_read_shown_and_kept_as_typed():
    field = VietnameseDateField(label="Ngày lập")
    assert field.clean(" 22-09-2021 ") == datetime.date(2021, 9, 22)
    assert field.prepare_value(datetime.date(2021, 9, 22)) == "22/9/2021"
    assert field.widget.input_type == "text"
    assert field.widget.attrs["inputmode"] == "numeric"


def test_a_wrong_date_is_refused_with_the_wanted_form():
    assert refusal(VietnameseDateField(label="Ngày lập"), "31/02/2022") == [
        "Ngày “31/02/2022” không có thật. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021."
    ]
    assert refusal(VietnameseDateField(label="Ngày lập"), " ") == ["Nhập ngày lập."]


def test_a_date_beyond_its_bounds_is_refused():
    field = VietnameseDateField(
        label="Ngày đạt thành tích",
        not_before=datetime.date(2021, 1, 1),
        not_after=lambda: datetime.date(2023, 6, 5),
        not_after_name="ngày lập hồ sơ",
    )
    assert refusal(field, "12/10/2023") == [
        "Ngày đạt thành tích (12/10/2023) không được sau ngày lập hồ sơ (5/6/2023). Nhập lại ngày."
    ]
    assert refusal(field, "1/1/2020") == ["Ngày đạt thành tích (1/1/2020) không được trước 1/1/2021. Nhập lại ngày."]
    assert field.clean("5/6/2023") == datetime.date(2023, 6, 5)


def test_a_birth_may_be_a_year():
    field = BirthField(label="Ngày sinh", required=False)
    assert field.clean("9/1975") == PartialDate(1975)
    assert field.clean("22/9/1975") == PartialDate(1975, datetime.date(1975, 9, 22))
    assert field.clean("") is None
    assert field.prepare_value(PartialDate(1975)) == "1975"
    assert not field.has_changed(PartialDate(1975), "1975")
    assert field.has_changed(PartialDate(1975), "abc")


def test_a_birth_in_the_future_is_refused():
    assert refusal(BirthField(label="Ngày sinh"), "2030") == [
        "Năm 2030 nằm ngoài khoảng nhận được. Nhập năm từ 1900 đến 2023."
    ]


def test_numbers_are_read_and_shown_the_vietnamese_way():
    money = NumberField(label="Số tiền", min=0, max=10**12)
    share = NumberField(label="Tỷ lệ", decimals=1)
    assert money.clean("12.500.000") == 12500000
    assert isinstance(money.clean("0"), int)
    assert share.clean("99,6") == Decimal("99.6")
    assert money.prepare_value(12500000) == "12.500.000"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "Nhập số tiền bằng chữ số."),
        ("-1", "Số tiền (-1) không được nhỏ hơn 0. Nhập lại số."),
        ("5.000", "Số tiền (5.000) không được lớn hơn 1.000. Nhập lại số."),
        ("1,5", "Số tiền là “1,5”. Nhập một số nguyên, ví dụ 1.234."),
        (
            "5 đồng",
            "Không đọc được số “5 đồng”. Nhập bằng chữ số, ví dụ 12.500.000 hoặc 99,6. Không ghi chữ hay đơn vị.",
        ),
    ],
)
def test_a_wrong_number_is_refused(value, message):
    assert refusal(NumberField(label="Số tiền", min=0, max=1000), value) == [message]


def test_too_many_decimals_are_refused():
    assert refusal(NumberField(label="Tỷ lệ", decimals=1), "9,55") == [
        "Tỷ lệ là “9,55”. Nhập nhiều nhất 1 chữ số sau dấu phẩy."
    ]


def test_zero_is_a_value_of_a_required_number():
    assert NumberField(label="Số hộ").clean("0") == 0


def test_a_year_has_four_digits_and_no_dot():
    field = YearField(label="Năm thành lập", min=1930)
    assert field.clean("1975") == 1975
    assert field.prepare_value(1975) == "1975"
    for wrong in ("1.975", "75", "1929", "2024"):
        assert refusal(field, wrong) == [f"Năm thành lập “{wrong}” chưa đúng. Nhập bốn chữ số, từ 1930 đến 2023."]


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "+84 912-345-678",
        "84912345678",
        "0084912345678",
        "+84 (0)912345678",
    ],
)
def test_a_mobile_number_is_stored_as_ten_digits(typed):
    assert PhoneField(label="Điện thoại").clean(typed) == "0912345678"


def test_a_landline_has_eleven_digits():
    assert check_phone("(0273) 3 838 123") == "02733838123"


@pytest.mark.parametrize(
    "typed", ["12345", "01234567890", "0912 345 67", "abc", "0412345678", "9" * 500, "０９１２３４５６７８"]
)
def test_a_wrong_phone_says_what_is_wanted(typed):
    (message,) = refusal(PhoneField(label="Điện thoại"), typed)
    assert message.startswith("Số điện thoại “")
    assert message.endswith(
        "Nhập 10 chữ số bắt đầu bằng 03, 05, 07, 08 hoặc 09, ví dụ 0912 345 678; máy bàn là 11 chữ số bắt đầu bằng 02."
    )


def test_a_choice_outside_the_list_is_refused():
    field = OneChoiceField(label="Giới tính", choices=GENDERS)
    assert refusal(field, "robot") == ["“robot” không có trong danh sách giới tính. Chọn một mục trong danh sách."]
    assert refusal(field, "") == ["Chọn giới tính."]
    assert field.clean("male") == "male"


def test_a_select_may_start_with_an_empty_line():
    field = OneChoiceField(label="Giới tính", choices=[("", "---"), *GENDERS], empty_label="Chưa rõ", required=False)
    assert list(field.choices) == [("", "Chưa rõ"), *GENDERS]
    assert field.clean("") == ""


@pytest.mark.django_db
def test_a_row_is_chosen_from_its_queryset_only():
    group, other = Group.objects.create(name="Xã A"), Group.objects.create(name="Xã B")
    field = ModelOneChoiceField(
        Group.objects.filter(pk=group.pk), label="Đơn vị", label_from=lambda row: f"Đơn vị {row.name}"
    )
    assert field.clean(str(group.pk)) == group
    assert [str(label) for _value, label in field.choices] == ["Chọn trong danh sách", "Đơn vị Xã A"]
    assert refusal(field, "") == ["Chọn đơn vị."]
    for wrong in (str(other.pk), "x", "\x00", "9" * 30):
        (message,) = refusal(field, wrong)
        assert message.endswith("không có trong danh sách đơn vị. Chọn một mục trong danh sách.")


def test_the_summary_lists_each_fault_once_in_the_order_of_the_fields():
    form = ExemplarForm({"full_name": "", "achieved_on": "31/02/2022"})
    assert form.error_summary == [
        FormError("id_full_name", "Họ và tên", "Nhập họ và tên của người được giới thiệu."),
        FormError("id_gender_0", "Giới tính", "Chọn giới tính."),
        FormError(
            "id_achieved_on",
            "Ngày đạt thành tích",
            "Ngày “31/02/2022” không có thật. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.",
        ),
        FormError("id_consent", "Đồng ý công bố", "Đánh dấu vào ô “Đồng ý công bố” để tiếp tục."),
    ]


def test_faults_of_the_whole_form_come_first_and_once():
    form = exemplar(full_name="Tám", gender="x")
    assert [(error.target_id, error.message) for error in form.error_summary] == [
        ("", "Hồ sơ đã được lưu ở cửa sổ khác."),
        ("id_gender_0", "“x” không có trong danh sách giới tính. Chọn một mục trong danh sách."),
    ]


def test_every_summary_anchor_exists_on_the_page():
    form = ExemplarForm({})
    page = Template("{{ form }}").render(Context({"form": form}))
    assert all(f'id="{error.target_id}"' in page for error in form.error_summary)


def test_what_was_typed_is_shown_again_as_typed():
    form = ExemplarForm({"full_name": "  NguyÔn V¨n §ång ", "achieved_on": "31/02/2022", "story": "x" * 60})
    assert not form.is_valid()
    assert form["full_name"].value() == "  NguyÔn V¨n §ång "
    assert form["achieved_on"].value() == "31/02/2022"
    assert form["story"].value() == "x" * 60


def test_optional_fields_are_marked_but_not_check_boxes():
    form = ExemplarForm()
    assert [name for name, field in form.fields.items() if field.is_optional] == ["story", "achieved_on"]


def test_the_page_writes_the_form_tag_and_no_browser_checks():
    form = ExemplarForm()
    assert form.helper is form.helper
    assert (form.helper.form_tag, form.helper.disable_csrf) == (False, True)
    assert form.label_suffix == ""
    assert " required" not in str(form)


class PlainForm(PortalForm):
    email = forms.EmailField(label="Thư điện tử", max_length=20)
    count = forms.IntegerField(label="Số hộ", min_value=1)
    code = forms.CharField(label="Mã", error_messages={"required": "Nhập mã in ở góc phiếu."})
    kinds = forms.MultipleChoiceField(label="Loại hình (100%)", choices=GENDERS)
    day = forms.DateField(label="Ngày họp")
    paper = forms.FileField(label="Tệp báo cáo")


def messages_of(form):
    return {error.target_id.removeprefix("id_"): error.message for error in form.error_summary}


def test_djangos_plain_fields_speak_vietnamese_when_empty():
    assert messages_of(PlainForm({})) == {
        "email": "Nhập thư điện tử.",
        "count": "Nhập số hộ.",
        "code": "Nhập mã in ở góc phiếu.",
        "kinds": "Chọn ít nhất một mục ở loại hình (100%).",
        "day": "Nhập ngày họp.",
        "paper": "Chọn tệp cho mục tệp báo cáo.",
    }


def test_djangos_plain_fields_speak_vietnamese_when_wrong():
    form = PlainForm(
        {"email": "a@b", "count": "0", "code": "\x00", "kinds": ["x"], "day": "x"},
        {"paper": SimpleUploadedFile("a.pdf", b"")},
    )
    assert messages_of(form) == {
        "email": "Thư điện tử chưa đúng. Nhập theo dạng ten@donvi.gov.vn.",
        "count": "Số hộ không được nhỏ hơn 1. Nhập lại số.",
        "code": "Mã có ký tự điều khiển. Xóa đi rồi gõ lại.",
        "kinds": "“x” không có trong danh sách loại hình (100%). Chọn mục trong danh sách.",
        "day": "Không đọc được ngày họp. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.",
        "paper": "Tệp ở mục tệp báo cáo không có nội dung (0 byte). Chọn tệp khác.",
    }


def test_a_long_plain_field_says_how_long_it_is():
    form = PlainForm({"email": "nguyen.van.tam@tiengiang.gov.vn"})
    assert messages_of(form)["email"] == "Thư điện tử đang dài 31 ký tự, nhiều nhất là 20."
    assert "maxlength" not in form.fields["email"].widget.attrs


class GroupForm(PortalModelForm):
    name = LineField(label="Tên nhóm", max_length=10)

    class Meta:
        model = Group
        fields = ["name"]


@pytest.mark.django_db
def test_a_model_form_saves_the_clean_value():
    form = GroupForm({"name": "  \u00d0\u1ed3ng  S\u01a1n "})
    assert form.is_valid()
    assert form.save().name == "Đồng Sơn"


@pytest.mark.django_db
def test_a_model_form_lists_its_faults():
    assert GroupForm({"name": ""}).error_summary == [FormError("id_name", "Tên nhóm", "Nhập tên nhóm.")]


def test_an_import_judges_a_cell_by_the_same_rule():
    assert check_line(" <i>Tám</i> ", name="họ và tên", max_length=20) == "<i>Tám</i>"
    with pytest.raises(ValidationError, match="Họ và tên đang dài 21 ký tự"):
        check_line("a" * 21, name="họ và tên", max_length=20)
