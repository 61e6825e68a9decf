"""The components of core.templatetags.portal, the form pack and the page frames."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from core.forms import LineField, PortalForm
from core.templatetags import portal

HOSTILE = "<script>alert(1)</script>\"'"
TODAY = datetime.date(2023, 6, 5)


def render(source: str, **context: Any) -> str:
    return Template("{% load portal crispy_forms_tags %}" + source).render(Context(context))


class PersonForm(PortalForm):
    full_name = LineField(label="Họ và tên", max_length=120, help_text="Như giấy khai sinh.")
    phone = LineField(label="Điện thoại", max_length=20, required=False)
    kind = forms.ChoiceField(label="Đối tượng", choices=[("a", "Cá nhân"), ("b", "Tập thể")], widget=forms.RadioSelect)


@pytest.mark.parametrize("state", portal.STATES)
def test_each_state_is_a_word_with_a_shape(state: str) -> None:
    badge = portal.state_badge(state)
    assert f">{portal.STATES[state].word}</span>" in badge
    assert f"#{portal.STATES[state].icon}" in badge


@pytest.mark.parametrize(
    ("days", "words"), [(-5, "quá hạn 5 ngày"), (-1, "quá hạn 1 ngày"), (0, "hôm nay"), (3, "còn 3 ngày")]
)
def test_deadline_says_how_far_the_day_is(days: int, words: str) -> None:
    due = TODAY + datetime.timedelta(days=days)
    assert f"({words})" in portal.deadline(due, TODAY)


def test_deadline_of_finished_work_is_only_a_date() -> None:
    shown = portal.deadline(datetime.date(2023, 5, 31), TODAY, done=True)
    assert shown == '<span class="deadline"><time datetime="2023-05-31">31/5/2023</time></span>'


@pytest.mark.parametrize(
    "source",
    [
        "{% page_heading title=x lead=x back_url=x back_label=x %}{{ x }}{% endpage_heading %}",
        "{% state_badge x x %}",
        "{% empty_state 'nothing_yet' x x x x %}",
        "{% figure_tile x 3 x x %}",
        "{% filter_chips chips x %}",
        "{% summary_row label=x edit_url=x missing=x %}{{ x }}{% endsummary_row %}",
        "{% summary_row label=x missing=x %}{% endsummary_row %}",
        "{% timeline events %}",
        "{% task_index parts x %}",
        "{% photo_grid photos %}{% file_list photos %}",
        "{% table_box label=x css=x %}{{ x }}{% endtable_box %}",
        "{% icon x x x %}{{ x|nbsp_unit }}",
    ],
)
def test_components_escape_what_people_typed(source: str) -> None:
    part = dict.fromkeys(("title", "actor", "note", "label", "url", "alt", "caption", "name", "meta"), HOSTILE)
    event = {**part, "at": datetime.datetime(2023, 6, 5, 14, 32, tzinfo=datetime.UTC)}
    html = render(source, x=HOSTILE, chips=[(HOSTILE, HOSTILE)], events=[event], parts=[part], photos=[part])
    assert "<script" not in html
    assert "\"'" not in html


def test_message_shows_undo_as_a_form_to_a_path_of_the_portal() -> None:
    message = SimpleNamespace(message="Đã trả lại", level_tag="success", extra_tags="undo:/hoan-tac/7/")
    html = render("{% message_list %}", messages=[message], csrf_token="abc")
    assert '<form action="/hoan-tac/7/" method="post" data-undo>' in html
    assert 'value="abc"' in html


@pytest.mark.parametrize("tags", ["undo://evil.example/", "undo:https://evil.example/", "", None])
def test_message_never_posts_undo_to_another_host(tags: str | None) -> None:
    message = SimpleNamespace(message="x", level_tag="info", extra_tags=tags)
    assert "<form" not in render("{% message_list %}", messages=[message])


def test_error_summary_counts_the_faults_and_links_to_the_fields() -> None:
    html = render("{% error_summary form 'gửi' %}", form=PersonForm({}))
    assert "Chưa gửi được: còn 2 mục cần sửa." in html
    assert 'href="#id_full_name"' in html
    assert 'href="#id_kind_0"' in html


def test_error_summary_of_an_untouched_form_is_empty() -> None:
    assert render("{% error_summary form %}", form=PersonForm()).strip() == ""


def test_field_stands_in_the_order_label_hint_error_control() -> None:
    html = render("{{ form.full_name|as_crispy_field }}", form=PersonForm({}))
    marks = ["Họ và tên</label>", 'id="id_full_name_helptext"', 'id="id_full_name_error"', "<input"]
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)
    assert 'aria-describedby="id_full_name_helptext id_full_name_error"' in html
    assert "Lỗi:" in html


def test_only_optional_fields_are_marked_and_nothing_has_a_star() -> None:
    html = render("{% crispy form %}", form=PersonForm())
    assert html.count("(không bắt buộc)") == 1
    assert "*" not in html


def test_field_needed_for_sending_is_not_called_optional() -> None:
    form = PersonForm()
    form.fields["phone"].needed = True
    assert "(không bắt buộc)" not in render("{% crispy form %}", form=form)


def test_review_comment_stands_beside_its_field() -> None:
    form = PersonForm()
    form.fields["phone"].review_comments = [SimpleNamespace(author="Phòng Nội vụ", text="Ghi số di động.")]
    html = render("{{ form.phone|as_crispy_field }}", form=form)
    assert "Nhận xét của Phòng Nội vụ" in html
    assert "Ghi số di động." in html


def test_choices_are_a_named_group() -> None:
    html = render("{{ form.kind|as_crispy_field }}", form=PersonForm({}))
    assert "<legend" in html
    assert 'aria-describedby="id_kind_error"' in html
    assert html.count('type="radio"') == 2


def test_page_links_keep_the_filters() -> None:
    request = RequestFactory().get("/dien-hinh/", {"q": "vĩnh hựu", "trang": "2"})
    html = render("{% pagination page %}", page=Paginator(range(100), 25).page(2), request=request)
    assert 'href="?q=v%C4%A9nh+h%E1%BB%B1u&amp;trang=3"' in html
    assert 'aria-current="page"' in html


def test_a_single_page_has_no_page_links() -> None:
    assert render("{% pagination page %}", page=Paginator(range(3), 25).page(1)).strip() == ""


def test_task_index_tells_untouched_from_incomplete() -> None:
    parts = [
        {"label": "Một", "url": "#1", "missing": 2, "started": False},
        {"label": "Hai", "url": "#2", "missing": 2, "started": True},
        {"label": "Ba", "url": "#3", "missing": 0, "started": True},
    ]
    html = render("{% task_index parts %}", parts=parts)
    assert [html.count(words) for words in ("Chưa làm", "Còn thiếu 2 mục", "Xong")] == [1, 1, 1]


def test_moment_is_shown_in_local_time() -> None:
    moment = datetime.datetime(2023, 6, 5, 7, 32, tzinfo=datetime.UTC)
    assert ">14:32 ngày 5/6/2023</time>" in portal.vn_datetime(moment)
    assert portal.vn_date(datetime.datetime(2023, 6, 5, 18, tzinfo=datetime.UTC)).endswith(">6/6/2023</time>")


@pytest.mark.parametrize("value", [None, ""])
def test_missing_values_are_shown_as_nothing(value: Any) -> None:
    assert [portal.vn_date(value), portal.vn_datetime(value), portal.vn_number(value)] == ["", "", ""]


def test_numbers_are_written_the_vietnamese_way() -> None:
    assert portal.vn_number(1234567) == "1.234.567"


@pytest.mark.parametrize("contact", ["A\nB", ["A", "B"], {"name": "A", "phone": "B", "email": ""}])
def test_contact_is_read_however_it_is_written(contact: Any) -> None:
    assert portal.contact_lines(contact) == ["A", "B"]


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_fault_pages_need_no_context(name: str) -> None:
    html = render_to_string(name)
    assert "Bản nháp vẫn được giữ" in html
    assert len(html.encode()) <= 10_000


def test_fault_page_shows_the_mark_to_report() -> None:
    assert ">K7M2QD</strong>" in render_to_string("500.html", {"request_mark": "K7M2QD"})


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "413.html", "429.html"])
def test_error_pages_render_for_a_stranger_without_the_rest_of_the_context(name: str) -> None:
    html = render_to_string(name, {"request_mark": "K7M2QD"})
    assert html.count("<h1>") == 1
    assert "K7M2QD" in html
