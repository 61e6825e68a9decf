"""Small helpers of the registry's templates: look-ups by name, states and flags in words."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from core.numbers import format_number
from core.templatetags.portal import STATES, icon, state_badge, vn_size
from models_registry import content
from models_registry.enums import EDITABLE, PROMOTABLE, state_label
from models_registry.forms.register import form_name
from models_registry.models import Exemplar

register = template.Library()

#: Refusals that the page says elsewhere, or that nobody asked about.
_QUIET = frozenset({"submit", "resubmit", "withdraw_consent", "hold", "release", "undo", "promote"})


@register.simple_tag
def exemplar_state(exemplar: Exemplar, own_units: Collection[int] | None = None) -> SafeString:
    """The badge of a record's state in the words of who reads it; without `own_units` a draft or open record is own."""
    own = exemplar.state in EDITABLE if own_units is None else exemplar.unit_id in own_units
    return state_badge(exemplar.state, label=state_label(exemplar.state, for_unit=own))


@register.simple_tag
def row_words(exemplar: Exemplar, own_units: Collection[int] = ()) -> dict[str, str]:
    """Name and title in a list: outside the own units those that were sent."""
    name, title = exemplar.words_for(own=exemplar.unit_id in own_units)
    return {"name": name, "title": title}


@register.simple_tag
def state_icon(state: str) -> SafeString:
    """The icon of a state alone, for a timeline whose row says it in words."""
    return icon(STATES[state].icon)


@register.simple_tag
def row_flags(exemplar: Exemplar, hold: bool = True) -> SafeString | str:
    """What makes a record more urgent or preferred, in words; without `hold` where a badge says that already."""
    flags = [
        (exemplar.sudden, "flag flag-gold", _("Đột xuất")),
        (exemplar.direct_labour, "flag", _("Trực tiếp lao động")),
        (hold and exemplar.hold_since, "flag", _("Tạm dừng")),
    ]
    shown = format_html_join("", '<span class="{}">{}</span>', [(css, word) for is_set, css, word in flags if is_set])
    return format_html('<span class="row-flags">{}</span>', shown) if shown else ""


@register.filter
def item(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """The value under a key, or nothing."""
    return mapping.get(key) if mapping else None


@register.filter
def names(text: str) -> list[str]:
    """Names written with spaces between them."""
    return text.split()


@register.filter
def addn(text: Any, more: Any) -> str:
    """Two parts of a name, joined."""
    return f"{text}{more}"


@register.filter
def field(form: BaseForm, name: str) -> BoundField:
    """A field of a form by its name."""
    return form[name]


@register.filter
def answer_names(form: BaseForm, name: str) -> list[str]:
    """Names of the boxes for answers to the remarks that stand beside a field."""
    remarks = getattr(form, "remarks", ())
    return [
        f"answer_{r.target}" for r in remarks if form_name(r.target) == name and f"answer_{r.target}" in form.fields
    ]


@register.filter
def file_facts(file: Mapping[str, Any]) -> str:
    """What a file is and how large: “Ảnh 1.600 × 1.200 · 2,4 MB”, “PDF, 3 trang · 310 KB”."""
    kind = _("Ảnh") if file["kind"] == "photo" else str(file["name"]).rpartition(".")[2].upper()
    return f"{', '.join(filter(None, (kind, pages_in_words(file))))} · {vn_size(file['size'])}"


def pages_in_words(file: Mapping[str, Any]) -> str:
    """How many pages a file has; nothing where it is not known."""
    pages = file.get("pages")
    return ngettext("%(pages)s trang", "%(pages)s trang", pages) % {"pages": format_number(pages)} if pages else ""


@register.filter
def field_label(form: BaseForm, name: str) -> str:
    """The label of a field by its name."""
    return str(form[name].label)


@register.filter
def comment_field(form: BaseForm, target: str) -> BoundField | None:
    """The box for a remark on a target, None where there is none."""
    name = f"comment_{target}"
    return form[name] if name in form.fields else None


@register.filter
def any_comment(specs: Iterable[tuple[str, str]], form: BaseForm) -> bool:
    """Whether a remark was already typed on one of the targets."""
    return any(f"comment_{name}" in form.fields and form[f"comment_{name}"].value() for name, _label in specs)


@register.filter
def target_label(target: str, kind: str) -> str:
    """What a remark is bound to, in words."""
    return content.target_label(target, kind)


@register.filter
def form_anchor(target: str) -> str:
    """Id of the form element for a target."""
    special = {
        "gender": "id_gender_0",
        "achievements": "id_achievement-1-description",
        "consent": "id_consent_publish",
        "flags": "id_sudden",
    }
    return special.get(target, f"id_{form_name(target)}")


@register.filter
def answered(criteria: list[dict[str, Any]]) -> bool:
    """Whether any criterion was answered."""
    return any(claim["is_met"] is not None for claim in criteria)


#: What a step that needs a reason brings about, said before it is taken.
_EFFECTS = {
    "hold": gettext_lazy(
        "Khi tạm dừng, hồ sơ không gửi, không công nhận, không nâng lên, không điều chỉnh và không hiện trên trang "
        "công khai được, cho tới khi bỏ tạm dừng. Đơn vị đọc được lý do."
    ),
    "release": gettext_lazy(
        "Hồ sơ được làm tiếp từ chỗ đã dừng. Số ngày làm việc còn lại của hẹn trả lời tính tiếp từ hôm nay."
    ),
    "end": gettext_lazy(
        "Điển hình vẫn ở trong sổ với ngày công nhận; chỉ không còn được theo dõi nữa. Việc này không hoàn tác được."
    ),
    "revoke": gettext_lazy(
        "Hồ sơ vẫn được giữ với lý do và văn bản hủy. Điển hình không còn hiện với đơn vị khác và trên trang công "
        "khai. Việc này không hoàn tác được."
    ),
}


@register.filter
def step_effect(step: Any) -> str:
    """What a step brings about, in one or two sentences."""
    return str(_EFFECTS.get(step.name, ""))


#: Steps of a record in the order of its buttons: name → (address, whether it opens a page of its own).
_BUTTONS = {
    "withdraw": ("exemplar_withdraw", False, gettext_lazy("Rút lại để sửa")),
    "take": ("exemplar_take", False, gettext_lazy("Nhận thẩm định")),
    "recognise": ("exemplar_review", True, gettext_lazy("Xét hồ sơ")),
    "promote": ("exemplar_promote", True, gettext_lazy("Nâng lên điển hình, mô hình")),
    "hold": ("exemplar_hold", True, gettext_lazy("Tạm dừng")),
    "release": ("exemplar_release", True, gettext_lazy("Bỏ tạm dừng")),
    "end": ("exemplar_end", True, gettext_lazy("Kết thúc")),
    "revoke": ("exemplar_revoke", True, gettext_lazy("Hủy công nhận")),
    "withdraw_consent": ("consent_withdraw", False, gettext_lazy("Ghi việc rút lại đồng ý công bố")),
}
#: Refused steps that would only repeat what the page says: the opposite of the state it is in.
_UNSAID = frozenset({"hold", "release", "withdraw_consent"})


@register.simple_tag
def action_buttons(actions: Mapping[str, Any], exemplar: Exemplar) -> list[dict[str, Any]]:
    """The steps of the person's role for this record: address and words, and for a refused one its reason."""
    shown = []
    for name, (url, is_page, label) in _BUTTONS.items():
        decision = actions.get(name)
        if decision is None or (not decision and (name in _UNSAID or _is_out_of_place(name, exemplar))):
            continue
        # Reading for the decision is open to every reviewer; what refuses the decision is said beside it.
        address = reverse(f"models_registry:{url}", args=[exemplar.pk])
        row = {"name": name, "url": address, "is_page": is_page, "label": label, "reason": decision.reason}
        shown.append(row | {"is_open": bool(decision) or name == "recognise"})
    return shown


def _is_out_of_place(name: str, exemplar: Exemplar) -> bool:
    return name == "promote" and exemplar.category not in PROMOTABLE


@register.filter
def refusals(actions: Mapping[str, Any]) -> list[str]:
    """The reasons why an action of the person's role is refused now, each once."""
    reasons = [d.reason for name, d in actions.items() if not d and name not in _QUIET]
    return list(dict.fromkeys(reasons))


def waiting_days(moment: datetime.datetime) -> int:
    """Days since a moment, by the portal's clock."""
    return (clock.today() - timezone.localtime(moment).date()).days


@register.filter
def days_since(moment: datetime.datetime) -> str:
    """How long something waits, in days of the portal's clock."""
    days = waiting_days(moment)
    if days <= 0:
        return _("hôm nay")
    return ngettext("%(days)s ngày", "%(days)s ngày", days) % {"days": days}


@register.filter
def photo_items(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Photos as the photo grid takes them."""
    return [
        {
            "url": reverse("models_registry:attachment", args=[p["id"], "tep"]),
            "thumb_url": reverse("models_registry:attachment", args=[p["id"], "anh-nho"]),
            "alt": p["caption"] or p["name"],
            "caption": p["caption"],
            "width": p["width"],
            "height": p["height"],
        }
        for p in photos
    ]


@register.filter
def file_items(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Files as the file list takes them."""
    return [
        {
            "name": f["name"],
            "url": reverse("models_registry:attachment", args=[f["id"], "tep"]),
            "size": f["size"],
            "meta": pages_in_words(f),
        }
        for f in files
    ]
