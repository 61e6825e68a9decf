from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext_lazy

from models_registry.rules import confirmations_of, is_asked, is_insider, last_returned_version, may_answer
from organizations.enums import UNIT_ROLES

from .completeness import missing_items
from .content import PRIVATE, content_mark, content_of, is_blank, mask, sections_for, specs_for, target_label
from .differences import Change, changes_between
from .enums import EDITABLE, PROMOTABLE, STANDING, AttachmentKind, RequestState, State, state_label
from .models import ChangeRequest, Confirmation, CriterionDoubt, Exemplar, ExemplarTransition, Field

if TYPE_CHECKING:
    from organizations.models import User

    from .models import ReviewComment

#: What a log row is called on the timeline.
STEP_WORDS = {
    "submit": gettext_lazy("Gửi xét duyệt"),
    "resubmit": gettext_lazy("Gửi lại sau bổ sung"),
    "withdraw": gettext_lazy("Đơn vị rút lại"),
    "take": gettext_lazy("Tiếp nhận thẩm định"),
    "recognise": gettext_lazy("Công nhận"),
    "return": gettext_lazy("Trả lại để bổ sung"),
    "reject": gettext_lazy("Không công nhận"),
    "end": gettext_lazy("Kết thúc"),
    "revoke": gettext_lazy("Hủy công nhận"),
    "withdraw_consent": gettext_lazy("Ghi việc rút lại đồng ý công bố"),
    "hold": gettext_lazy("Tạm dừng"),
    "release": gettext_lazy("Bỏ tạm dừng"),
    "undo": gettext_lazy("Hoàn tác bước vừa rồi"),
    "promote": gettext_lazy("Nâng lên hồ sơ mới"),
    "amend": gettext_lazy("Điều chỉnh theo đề nghị của đơn vị"),
}


@dataclass(frozen=True)
class Line:
    """One field as it is shown; `private` is shown masked until it is asked for."""

    name: str
    label: str
    value: str
    prose: bool
    private: bool
    remark: str = ""


@dataclass(frozen=True)
class ShownSection:
    """A section of the page with its filled lines."""

    code: str
    title: str
    lines: list[Line]


@dataclass(frozen=True)
class ConfirmationLine:
    """Who was asked to confirm; `stale` when the content was edited after the answer."""

    confirmation: Confirmation
    stale: bool
    is_mine: bool


@dataclass(frozen=True)
class RecordLinks:
    """What hangs on a record: what it grew from and into, who confirmed it, what was asked to be changed."""

    grown_into: list[Exemplar]
    grown_from: Exemplar | None
    confirmations: list[ConfirmationLine]
    change: ChangeRequest | None
    declined: list[ChangeRequest]


@dataclass(frozen=True)
class RecordPage:
    """All that a record page shows, as one person may see it."""

    exemplar: Exemplar
    content: dict[str, Any]
    sections: list[ShownSection]
    photos: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    history: list[dict[str, Any]]
    remarks: list[dict[str, Any]]
    insider: bool
    is_snapshot: bool
    state_word: str
    has_private: bool
    doubts: dict[str, CriterionDoubt]
    links: RecordLinks

    @property
    def version(self) -> int:
        """Number of the version that was sent last, as insiders read it; 0 before the first."""
        return max((event["log"].version or 0 for event in self.history), default=0)

    @property
    def is_revised(self) -> bool:
        """Whether there are two versions to compare."""
        return self.version > 1

    @property
    def reading(self) -> list[ShownSection]:
        """The sections as one reads them: the story first, particulars last."""
        return [*self.sections[1:], self.sections[0]]


_LOG = ExemplarTransition.objects.select_related("actor", "actor_unit").order_by("pk")


def works_in_unit(exemplar: Exemplar, user: User) -> bool:
    """Whether the record belongs to a unit of `user`."""
    return user.access.covers(exemplar.unit.path, *UNIT_ROLES)


def record_page(exemplar: Exemplar, user: User, *, reveal: bool = False) -> RecordPage:
    """Read a record as `user` may see it: outside its unit a returned one reads as it was sent, not as it is mended."""
    inside, own = is_insider(exemplar, user), works_in_unit(exemplar, user)
    snapshot = exemplar.state == State.RETURNED and not own and not is_asked(exemplar, user)
    versions = list(exemplar.versions.order_by("number")) if snapshot else []
    content = versions[-1].content if versions else content_of(exemplar)
    prefetch_related_objects([exemplar], Prefetch("transitions", _LOG))
    logs = list(exemplar.transitions.all())
    comments = list(exemplar.comments.select_related("author", "answered_by")) if inside and logs else []
    current = current_remarks(exemplar, logs, comments)
    return RecordPage(
        exemplar=exemplar,
        content=content,
        sections=shown_sections(content, current, inside=inside, reveal=reveal and inside),
        photos=_files(content, AttachmentKind.PHOTO),
        documents=_files(content, AttachmentKind.DOCUMENT) if inside else [],
        history=_history(logs, comments, content["kind"]) if inside else [],
        remarks=[{"label": target_label(c.target, content["kind"]), "comment": c} for c in current.values()],
        insider=inside,
        is_snapshot=bool(versions),
        state_word=state_label(exemplar.state, for_unit=own),
        has_private=inside and any(content["fields"].get(name) for name in PRIVATE),
        doubts=doubts_of(exemplar) if inside and logs and exemplar.state in JUDGED else {},
        links=record_links(exemplar, user, inside=inside),
    )


#: While a record is with the office or back from it, the office's doubts concern those who work on it.
JUDGED = frozenset({State.SUBMITTED, State.IN_REVIEW, State.RETURNED})
#: States in which a request for change can stand beside a record.
_ONCE_RECOGNISED = frozenset({State.RECOGNISED, State.REVOKED, State.ENDED})


def doubts_of(exemplar: Exemplar) -> dict[str, CriterionDoubt]:
    """Criterion code → the reviewer's doubt about it in the version sent last, for insiders alone: one query."""
    last = exemplar.versions.order_by("-number").values("number")[:1]
    rows = exemplar.doubts.filter(version=last).select_related("criterion", "author")
    return {doubt.criterion.code: doubt for doubt in rows}


def record_links(exemplar: Exemplar, user: User, *, inside: bool) -> RecordLinks:
    """What hangs on the record for this person; each list is read only in the states that have it."""
    grows = exemplar.category in PROMOTABLE and exemplar.state in _ONCE_RECOGNISED
    if grows:
        prefetch_related_objects([exemplar], Prefetch("promotions", Exemplar.objects.visible_to(user)))
    if inside and exemplar.state in _ONCE_RECOGNISED:
        requests = ChangeRequest.objects.select_related("asked_by", "decided_by")
        prefetch_related_objects([exemplar], Prefetch("change_requests", requests))
    changes = list(exemplar.change_requests.all()) if inside and exemplar.state in _ONCE_RECOGNISED else []
    before = exemplar.promoted_from
    return RecordLinks(
        grown_into=list(exemplar.promotions.all()) if grows else [],
        grown_from=before if before and (inside or before.state in STANDING) else None,
        confirmations=confirmation_lines(exemplar, user, inside=inside) if exemplar.state in EDITABLE else [],
        change=next((c for c in changes if c.state == RequestState.OPEN), None),
        declined=[c for c in changes if c.state == RequestState.REFUSED],
    )


def confirmation_lines(exemplar: Exemplar, user: User, *, inside: bool) -> list[ConfirmationLine]:
    """Who was asked to confirm an open record, the last first; outsiders see the questions to their own unit alone."""
    rows = [row for row in reversed(confirmations_of(exemplar)) if row.state != RequestState.WITHDRAWN]
    # What was confirmed is compared with what stands, also where the page shows what was sent.
    granted = any(row.state == RequestState.GRANTED for row in rows)
    mark = content_mark(content_of(exemplar)) if granted else ""
    lines = []
    for row in rows:
        row.exemplar = exemplar
        answers = may_answer(row, user)
        if inside or answers:
            stale = row.state == RequestState.GRANTED and row.content_mark != mark
            lines.append(ConfirmationLine(row, stale, answers and row.state == RequestState.OPEN))
    return lines


@dataclass(frozen=True)
class FrozenPage:
    """One version as it was sent, for insiders."""

    content: dict[str, Any]
    sections: list[ShownSection]
    photos: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    insider: bool = True


def frozen_page(content: dict[str, Any]) -> FrozenPage:
    """The content of a version, private fields masked."""
    return FrozenPage(
        content,
        shown_sections(content, {}, inside=True),
        _files(content, AttachmentKind.PHOTO),
        _files(content, AttachmentKind.DOCUMENT),
    )


def shown_sections(
    content: dict[str, Any], remarks: dict[str, ReviewComment], *, inside: bool, reveal: bool = False
) -> list[ShownSection]:
    """The filled fields by section; private ones only for insiders, masked unless asked for."""
    return [
        ShownSection(
            section.code,
            str(section.title),
            [
                Line(
                    spec.name,
                    spec.label_for(content["kind"]),
                    mask(content["fields"][spec.name]) if _hidden(spec.name, reveal) else content["fields"][spec.name],
                    spec.prose,
                    _hidden(spec.name, reveal),
                    remarks[spec.name].text if spec.name in remarks else "",
                )
                for spec in specs_for(section, content)
                if not is_blank(content, spec.name) and (inside or spec.name not in PRIVATE)
            ],
        )
        for section in sections_for(content)
    ]


def _hidden(name: str, reveal: bool) -> bool:
    return name in PRIVATE and not reveal


def current_remarks(
    exemplar: Exemplar, logs: list[ExemplarTransition], comments: list[ReviewComment]
) -> dict[str, ReviewComment]:
    """Remarks of the return that the unit is working on, or that a resubmitted record answers."""
    if exemplar.state not in (State.DRAFT, State.RETURNED, State.SUBMITTED, State.IN_REVIEW):
        return {}
    undone = {log.undoes_id for log in logs}
    last = next((log.pk for log in reversed(logs) if log.name == "return" and log.pk not in undone), None)
    return {c.target: c for c in comments if c.transition_id == last}


def _files(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for row in content["attachments"] if row["kind"] == kind]


def _history(logs: list[ExemplarTransition], comments: list[ReviewComment], kind: str) -> list[dict[str, Any]]:
    remarks: dict[int, list[dict[str, Any]]] = {}
    for comment in comments:
        remarks.setdefault(comment.transition_id, []).append(
            {"label": target_label(comment.target, kind), "text": comment.text, "comment": comment}
        )
    undone = {log.undoes_id for log in logs if log.undoes_id}
    return [
        {
            "log": log,
            "title": STEP_WORDS[log.name],
            "state": log.target,
            "remarks": remarks.get(log.pk, []),
            "previous": log.version - 1 if log.version and log.name in ("resubmit", "amend") else None,
            "shows_version": bool(log.version) and log.name in ("submit", "resubmit", "amend"),
            "is_undone": log.pk in undone,
        }
        for log in reversed(logs)
    ]


def changes_since_last_review(exemplar: Exemplar) -> list[Change]:
    """What a record changed against the version that was last returned; empty when none was."""
    judged, sent = last_returned_version(exemplar), exemplar.versions.order_by("-number").first()
    return changes_between(judged.content, sent.content) if judged and sent else []


def judged_remarks(exemplar: Exemplar, page: RecordPage) -> list[dict[str, Any]]:
    """The remarks of the last return, each with whether what it is bound to has changed since."""
    judged = last_returned_version(exemplar)
    changed = {c.target for c in changes_between(judged.content, page.content)} if judged else set()
    return [remark | {"changed": remark["comment"].target in changed} for remark in page.remarks]


def comment_targets(content: dict[str, Any], criteria: list[tuple[str, str]]) -> dict[str, str]:
    """What a reviewer may remark on: every field of this kind of subject, criterion and part."""
    fields = {
        spec.name: spec.label_for(content["kind"])
        for section in sections_for(content)
        for spec in specs_for(section, content)
    }
    parts = {name: target_label(name) for name in ("achievements", "photos", "documents")}
    return fields | dict(criteria) | parts


def field_choices() -> list[tuple[int, str]]:
    """(id, name) of the fields of activity, in their order."""
    return list(Field.objects.values_list("pk", "name"))


def form_sections(exemplar: Exemplar, content: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The parts of the form with what each still lacks: the task list beside it."""
    content = content or content_of(exemplar)
    missing = missing_items(exemplar, content)
    return [
        {
            "code": section.code,
            "label": str(section.title),
            "url": f"#{section.code}",
            "missing": sum(item.section == section.code for item in missing),
            "started": section_started(content, section.code),
        }
        for section in sections_for(content)
    ]


def section_started(content: dict[str, Any], code: str) -> bool:
    """Whether anything stands in a section."""
    section = next(s for s in sections_for(content) if s.code == code)
    parts = {
        "thanh-tich": bool(content["achievements"]),
        "tieu-chi": any(c["is_met"] is not None for c in content["criteria"]),
        "anh-tep": bool(content["attachments"]),
    }
    return parts.get(code, False) or any(not is_blank(content, s.name) for s in specs_for(section, content))
