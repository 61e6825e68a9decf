"""The portal's components and filters for templates; docs/design.md shows each with its arguments."""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.template import Context
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from core.audit import current_head
from core.dates import format_date
from core.numbers import format_number

register = template.Library()

NBSP = "\u00a0"


@dataclass(frozen=True)
class State:
    """How a state is shown: the family of its colours, its icon, its word when the page gives no other."""

    look: str
    icon: str
    word: Any


STATES: dict[str, State] = {
    "draft": State("draft", "pencil", gettext_lazy("Bản nháp")),
    "submitted": State("waiting", "hourglass-split", gettext_lazy("Chờ tiếp nhận")),
    "in_review": State("waiting", "eye", gettext_lazy("Đang thẩm định")),
    "waiting": State("waiting", "hourglass-split", gettext_lazy("Đang chờ")),
    "returned": State("returned", "arrow-return-left", gettext_lazy("Đã trả lại")),
    "recognised": State("recognised", "patch-check", gettext_lazy("Đã công nhận")),
    "rejected": State("rejected", "x-octagon", gettext_lazy("Không công nhận")),
    "revoked": State("rejected", "slash-circle", gettext_lazy("Đã hủy công nhận")),
    "ended": State("ended", "archive", gettext_lazy("Đã kết thúc")),
    "hold": State("hold", "pause-circle", gettext_lazy("Tạm dừng")),
    "asked": State("waiting", "clock-history", gettext_lazy("Xin gia hạn")),
    "running": State("waiting", "clock", gettext_lazy("Đang thực hiện")),
    "due_soon": State("due-soon", "clock", gettext_lazy("Sắp đến hạn")),
    "overdue": State("overdue", "exclamation-triangle-fill", gettext_lazy("Quá hạn")),
    "open": State("draft", "circle", gettext_lazy("Chưa làm")),
    "done": State("recognised", "check-circle", gettext_lazy("Xong")),
}
MESSAGE_ICONS = {
    "success": "check-circle-fill",
    "warning": "exclamation-circle-fill",
    "error": "exclamation-triangle-fill",
}
EMPTY_ICONS = {"nothing_yet": "file-earmark-text", "not_found": "search", "done": "check-circle"}
DUE_SOON_DAYS = 7


# Icons and states


@register.simple_tag
def icon(name: str, label: str = "", css: str = "icon") -> SafeString:
    """Return one icon of the sprite, hidden from screen readers unless it has a label of its own."""
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" width="20" height="20" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        voice,
        static("build/icons.svg"),
        name,
    )


@register.simple_tag
def state_badge(state: str, label: str = "") -> SafeString:
    """Return the state as icon and word; the page gives the word that fits its reader."""
    shown = STATES.get(state) or State("draft", "circle", state)
    word = label or shown.word
    return format_html('<span class="state state-{}">{}{}</span>', shown.look, icon(shown.icon), word)


@register.simple_tag
def deadline(due: datetime.date | None, today: datetime.date | None = None, done: bool = False) -> SafeString:
    """Return the due date with the days that are left or past, unless the work is done."""
    if due is None:
        return mark_safe("")
    day = format_html('<time datetime="{}">{}</time>', due.isoformat(), format_date(due))
    if done:
        return format_html('<span class="deadline">{}</span>', day)
    days = (due - (today or clock.today())).days
    look = "deadline-late" if days < 0 else "deadline-soon" if days <= DUE_SOON_DAYS else "deadline-far"
    mark = icon("exclamation-triangle-fill" if days < 0 else "clock") if days <= DUE_SOON_DAYS else ""
    return format_html(
        '<span class="deadline {}">{} {} <span class="nowrap">({})</span></span>', look, mark, day, days_left(days)
    )


def days_left(days: int) -> str:
    """Say how far a due date is: quá hạn 5 ngày, hôm nay, còn 3 ngày."""
    if days < 0:
        return ngettext("quá hạn %(days)s ngày", "quá hạn %(days)s ngày", -days) % {"days": -days}
    if days == 0:
        return _("hôm nay")
    return ngettext("còn %(days)s ngày", "còn %(days)s ngày", days) % {"days": days}


# Frame


@register.simple_block_tag
def page_heading(
    content: str, title: str, lead: str = "", back_url: str = "", back_label: str = "", recognised: bool = False
) -> SafeString:
    """Return the heading of a page; the block holds badges or buttons at its side, and may be empty."""
    back = (
        format_html(
            '<a class="back-link" href="{}">{}{}</a>', back_url, icon("arrow-left"), back_label or _("Quay lại")
        )
        if back_url
        else ""
    )
    return format_html(
        '{}<div class="page-heading{}"><div><h1>{}</h1>{}</div>{}</div>',
        back,
        " page-heading-recognised" if recognised else "",
        title,
        format_html('<p class="lead">{}</p>', lead) if lead else "",
        format_html('<div class="actions">{}</div>', content) if content.strip() else "",
    )


@register.inclusion_tag("components/message_list.html", takes_context=True)
def message_list(context: Context) -> dict[str, Any]:
    """Show Django's messages; extra tag "undo:<path>" adds an undo button that posts there."""
    shown = [
        {
            "text": message.message,
            "level": message.level_tag,
            "icon": MESSAGE_ICONS.get(message.level_tag, "info-circle-fill"),
            "undo_url": _undo_path(message.extra_tags),
            "undo_seconds": _undo_seconds(message.extra_tags),
        }
        for message in context.get("messages") or ()
    ]
    return {"shown": shown, "csrf_token": context.get("csrf_token"), "form": context.get("form")}


def _undo_path(extra_tags: str | None) -> str:
    found = re.search(r"(?:^|\s)undo:(/[^/\s]\S*)", extra_tags or "")
    return found[1] if found else ""


def _undo_seconds(extra_tags: str | None) -> str:
    found = re.search(r"(?:^|\s)within:(\d+)(?:\s|$)", extra_tags or "")
    return found[1] if found else ""


@register.filter
def contact_lines(contact: Any) -> list[str]:
    """Return the office's contact as lines, however the setting writes it."""
    if isinstance(contact, str):
        return contact.splitlines()
    values = contact.values() if isinstance(contact, Mapping) else contact or ()
    return [value for value in values if value]


# Forms


@register.inclusion_tag("components/error_summary.html")
def error_summary(
    form: BaseForm | None, action: str = "", extra: Iterable[tuple[str, str, str]] = ()
) -> dict[str, Any]:
    """List every fault of the form with a link to its field; action completes "Chưa … được", as in "gửi"."""
    faults = list(_form_faults(form)) + list(extra)
    return {"faults": faults, "count": len(faults), "action": action or _("lưu")}


def _form_faults(form: BaseForm | None) -> Iterable[tuple[str, str, str]]:
    if form is None or not form.is_bound:
        return
    summary = getattr(form, "error_summary", None)
    if summary is not None:
        for fault in summary:
            yield (fault.target_id, fault.label, fault.message) if hasattr(fault, "message") else fault
        return
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        for error in errors:
            target = (bound.id_for_label or bound.auto_id, str(bound.label)) if bound else ("", "")
            yield (*target, str(error))


@register.filter
def is_textual_multiple(field: Any) -> bool:
    """Tell whether the field is a group of radio buttons or check boxes."""
    return getattr(field.field.widget, "input_type", "") in {"radio", "checkbox"} and field.field.widget.use_fieldset


# Lists


@register.simple_block_tag
def table_box(content: str, label: str = "", css: str = "") -> SafeString:
    """Wrap a table so that only its own box scrolls sideways; the label names the region."""
    return format_html(
        '<div class="table-box {}" role="region" aria-label="{}" tabindex="0">{}</div>',
        css,
        label or _("Bảng"),
        content,
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page_obj: Page, parameter: str = "trang") -> dict[str, Any]:
    """Show links to the pages, keeping the rest of the address; nothing for a single page."""
    request = context.get("request")
    query = request.GET.copy() if request else None

    def link(number: int) -> str:
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    paginator = page_obj.paginator
    numbers = paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    steps = [(n, link(n) if isinstance(n, int) else "", n == page_obj.number) for n in numbers]
    return {
        "page_obj": page_obj,
        "steps": steps,
        "previous_url": link(page_obj.number - 1) if page_obj.has_previous() else "",
        "next_url": link(page_obj.number + 1) if page_obj.has_next() else "",
    }


@register.inclusion_tag("components/filter_chips.html")
def filter_chips(chips: Iterable[Any], reset_url: str) -> dict[str, Any]:
    """Show the active filters, (label, address without it) each, and a link that drops all."""
    return {"chips": list(chips), "reset_url": reset_url}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    kind: str, title: str, text: str = "", action_url: str = "", action_label: str = "", level: int = 2
) -> dict[str, Any]:
    """Show an empty list of one of three kinds: nothing_yet, not_found, done."""
    return {
        "kind": kind,
        "icon_name": EMPTY_ICONS[kind],
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
        "heading": f"h{level}",
    }


@register.inclusion_tag("components/figure_tile.html")
def figure_tile(label: str, number: Any, url: str = "", note: str = "", late: bool = False) -> dict[str, Any]:
    """Show one figure with its label; with an address the number is the link to the list it counts."""
    return {"label": label, "number": number, "url": url, "note": note, "late": late}


# Records


@register.simple_block_tag
def summary_row(content: str, label: str, edit_url: str = "", missing: str = "") -> SafeString:
    """Return one row of <dl class="summary">; an empty block says what is missing, by default "Chưa có"."""
    value = content.strip() or format_html('<span class="missing">{}</span>', missing or _("Chưa có"))
    edit = (
        format_html(
            '<dd class="summary-edit"><a href="{}">{}<span class="visually-hidden"> {}</span></a></dd>',
            edit_url,
            _("Sửa"),
            label,
        )
        if edit_url
        else ""
    )
    return format_html('<div class="summary-row"><dt>{}</dt><dd>{}</dd>{}</div>', label, mark_safe(value), edit)


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """Show events in the given order; each has at, title, and if wanted actor, note and state."""
    shown = []
    for event in events:
        look = STATES.get(_part(event, "state") or "")
        names = ("at", "title", "actor", "note")
        item = {name: _part(event, name) for name in names}
        shown.append({**item, "look": look.look if look else "plain", "icon_name": look.icon if look else "circle"})
    return {"events": shown}


@register.inclusion_tag("components/task_index.html")
def task_index(sections: Iterable[Any], label: str = "", numbered: bool = True) -> dict[str, Any]:
    """Show the parts of a form; each has label, url, missing (a count), started, and if wanted current, optional."""
    names = ("label", "url", "missing", "started", "current", "optional")
    shown = [{name: _part(part, name) for name in names} for part in sections]
    return {"sections": shown, "label": label, "numbered": numbered}


@register.inclusion_tag("components/photo_grid.html")
def photo_grid(photos: Iterable[Any]) -> dict[str, Any]:
    """Show photos; each has url (large), thumb_url, alt, and if wanted caption, width, height."""
    names = ("url", "thumb_url", "alt", "caption", "width", "height")
    return {"photos": [{name: _part(photo, name) for name in names} for photo in photos]}


@register.inclusion_tag("components/file_list.html")
def file_list(files: Iterable[Any]) -> dict[str, Any]:
    """Show files; each has name, url, size in bytes, and if wanted meta (words) and delete_url (a page)."""
    names = ("name", "url", "size", "meta", "delete_url")
    return {"files": [{name: _part(file, name) for name in names} for file in files]}


@register.inclusion_tag("components/paper_foot.html", takes_context=True)
def paper_foot(context: Context, chain: bool = True) -> dict[str, Any]:
    """Show on paper alone when and by whom it was printed, and with `chain` the head of the log: one query."""
    head = current_head() if chain else None
    return {"printed_at": clock.now(), "printed_by": context["request"].user.full_name, "head": head}


def _part(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


# Filters


@register.filter(expects_localtime=False)
def vn_date(value: datetime.date | datetime.datetime | None) -> SafeString | str:
    """Return the day as <time> 22/9/2021."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    day = value.date() if isinstance(value, datetime.datetime) else value
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), format_date(day))


@register.filter(expects_localtime=False)
def vn_datetime(value: datetime.datetime | None) -> SafeString | str:
    """Return the moment as <time> 14:32 ngày 5/6/2023."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    words = _("%(time)s ngày %(date)s") % {"time": f"{local:%H:%M}", "date": format_date(local.date())}
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)


@register.filter
def vn_number(value: int | float | Decimal | None) -> str:
    """Return the number as 1.234,5, or nothing for None."""
    return "" if value is None or value == "" else format_number(value)


@register.filter
def vn_size(value: int | None) -> str:
    """Return a file's size in words, as 2,4 MB."""
    return filesizeformat(value or 0)


@register.filter
def nbsp_unit(value: Any) -> str:
    """Join the words with no-break spaces, for names of units and for a number with its unit."""
    return str(value or "").replace(" ", NBSP)
