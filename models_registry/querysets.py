from __future__ import annotations

import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from core import clock
from core.text import search_words
from core.working_days import working_days_after
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role, UnitKind

from .enums import EDITABLE, STANDING, UNSENT, WAITING, PeopleShown, QueueTab, RequestState, State

#: Roles that read what was sent to the office without deciding on it.
_READS_SENT = OFFICE_ROLES | {Role.LEADER}
#: A record is due when its promised day is past or at most this many working days ahead.
DUE_WITHIN = 2


def front_units(user: Any, own: list[int]) -> list[int]:
    """Those of the person's own units that belong to the Front and the unions; no query when there are no own ones."""
    return [pk for pk in user.unit_tree.of_kind(UnitKind.FRONT_MASS) if pk in own] if own else []


def past_promise(today: datetime.date) -> Q:
    """Waiting, with the promised date past; a hold stops the clock."""
    return Q(state__in=WAITING, hold_since=None, review_due__lt=today)


def asked_records(units: list[int]) -> models.QuerySet:
    """Keys of the open records that these units are asked to confirm; once answered or sent nothing is shown."""
    confirmations = apps.get_model("models_registry", "Confirmation")
    asked = confirmations._base_manager.filter(
        asked_of_id__in=units, state=RequestState.OPEN, exemplar__state__in=EDITABLE
    )
    return asked.values("exemplar_id")


class ExemplarQuerySet(models.QuerySet):
    """Exemplars. `visible_to` is the only way to a record or file, `listed_for` to lists, counters, search."""

    def visible_to(self, user: Any) -> ExemplarQuerySet:
        """Records `user` may read: those listed, and drafts that the own Front or union is asked to confirm."""
        condition = self._listed(user)
        if front := front_units(user, user.reach(*UNIT_ROLES)):
            condition |= Q(pk__in=asked_records(front), discarded_at=None)
        return self.filter(condition)

    def listed_for(self, user: Any) -> ExemplarQuerySet:
        """For lists and counts: all of the own units, what was sent within the office's scope, and what stands.

        A draft that one is asked to confirm is read by its address and stands on the desk, in no list of records.
        """
        return self.filter(self._listed(user))

    @staticmethod
    def _listed(user: Any) -> Q:
        condition = Q(state__in=STANDING)
        if own := user.reach(*UNIT_ROLES):
            condition |= Q(unit_id__in=own, discarded_at=None)
        if office := user.reach(*_READS_SENT):
            condition |= Q(unit_id__in=office) & ~Q(state__in=UNSENT)
        return condition

    def of_own_units(self, user: Any) -> ExemplarQuerySet:
        """Records of the units in which `user` works, without what lies in the bin."""
        return self.filter(unit_id__in=user.reach(*UNIT_ROLES), discarded_at=None)

    def binned(self, user: Any) -> ExemplarQuerySet:
        """Drafts that the units of `user` threw away and may take back."""
        return self.filter(unit_id__in=user.reach(*UNIT_ROLES), discarded_at__isnull=False)

    def drafts_in_scope(self, user: Any) -> ExemplarQuerySet:
        """Drafts within the office's scope; only to be counted by unit, never to be read."""
        return self.filter(state=State.DRAFT, discarded_at=None, unit_id__in=user.reach(*OFFICE_ROLES))

    def reviewable_by(self, user: Any) -> ExemplarQuerySet:
        """Records that wait for the office within the scope of `user`."""
        return self.filter(state__in=WAITING, unit_id__in=user.reach(*OFFICE_ROLES))

    def with_queue_tab(self, today: datetime.date) -> ExemplarQuerySet:
        """Waiting records with `tab`: on hold, else sudden, else due, else sent again after a return, else new."""
        steps: Any = self.model._meta.get_field("transitions").related_model
        returned = steps.objects.in_force().filter(name="return")
        tab = Case(
            When(hold_since__isnull=False, then=Value(QueueTab.HELD.value)),
            When(sudden=True, then=Value(QueueTab.SUDDEN.value)),
            When(review_due__lte=working_days_after(today, DUE_WITHIN), then=Value(QueueTab.DUE.value)),
            When(Exists(returned.filter(record=OuterRef("pk"))), then=Value(QueueTab.AGAIN.value)),
            default=Value(QueueTab.NEW.value),
            output_field=models.CharField(),
        )
        return self.filter(state__in=WAITING).annotate(tab=tab)

    def in_queue_tab(self, tab: str, today: datetime.date) -> ExemplarQuerySet:
        """Waiting records of one part of the queue."""
        return self.with_queue_tab(today).filter(tab=tab)

    def by_clock(self) -> ExemplarQuerySet:
        """The one whose answer is due first on top; of two alike the one that waits longer."""
        return self.order_by("review_due", "submitted_at", "pk")

    @staticmethod
    def is_before(row: Any) -> Q:
        """Of rows that stand before `row` in the order of the clock."""
        due, sent = row.review_due, row.submitted_at
        return (
            Q(review_due__lt=due)
            | Q(review_due=due, submitted_at__lt=sent)
            | Q(review_due=due, submitted_at=sent, pk__lt=row.pk)
        )

    def after(self, row: Any) -> ExemplarQuerySet:
        """Rows that stand after `row` in the order of the clock."""
        due, sent = row.review_due, row.submitted_at
        return self.filter(
            Q(review_due__gt=due)
            | Q(review_due=due, submitted_at__gt=sent)
            | Q(review_due=due, submitted_at=sent, pk__gt=row.pk)
        )

    def for_queue(self) -> ExemplarQuerySet:
        """With what a row of the queue shows, and nothing that it does not."""
        return self.select_related("unit", "taken_by").only(
            "state",
            "category",
            "subject_kind",
            "full_name",
            "title",
            "registered_on",
            "submitted_at",
            "review_due",
            "sudden",
            "direct_labour",
            "hold_since",
            "registered_by",
            "submitted_by",
            "unit__kind",
            "unit__name",
            "unit__short_name",
            "unit__path",
            "taken_by__full_name",
        )

    def past_promise(self, today: datetime.date) -> ExemplarQuerySet:
        """Waiting, with the promised date past; a hold stops the clock."""
        return self.filter(past_promise(today))

    def standing(self) -> ExemplarQuerySet:
        """Recognised and still standing."""
        return self.filter(state=State.RECOGNISED)

    def shown_to_public(self) -> ExemplarQuerySet:
        """Recognised, agreed to be shown, and not on hold."""
        return self.standing().filter(consent_publish=True, hold_since=None)

    def registered_in(self, year: int) -> ExemplarQuerySet:
        """Registered in a calendar year."""
        first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        return self.filter(registered_on__range=(first, last))

    def recognised_in(self, year: int) -> ExemplarQuerySet:
        """Recognised in a calendar year."""
        return self.filter(recognised_on__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))

    def with_state_on(self, day: datetime.date) -> ExemplarQuerySet:
        """With `state_then`: where each record stood at the end of a day, by the log of its steps; None for a draft."""
        steps: Any = self.model._meta.get_field("transitions").related_model
        then = steps.objects.in_force().filter(record=OuterRef("pk"), at__lte=clock.end_of_day(day)).order_by("-pk")
        return self.annotate(state_then=models.Subquery(then.values("target")[:1]))

    def registered_between(self, first: datetime.date, last: datetime.date) -> ExemplarQuerySet:
        """Registered in a period and in the office's hands by its last day; a draft of now is nobody's figure."""
        rows = self.filter(registered_on__range=(first, last)).exclude(state__in=UNSENT)
        return rows.with_state_on(last).filter(state_then__isnull=False).exclude(state_then__in=UNSENT)

    def recognised_between(self, first: datetime.date, last: datetime.date) -> ExemplarQuerySet:
        """Recognised in a period and still standing at the end of its last day, whatever became of it later."""
        rows = self.filter(recognised_on__range=(first, last)).exclude(state__in=UNSENT)
        return rows.with_state_on(last).filter(state_then__in=STANDING)

    def matching(self, query: str, user: Any) -> ExemplarQuerySet:
        """Records whose text holds every word of `query`; accents, case and order do not matter.

        The own units search what stands, everybody else what was sent: an edit under way is not found outside.
        """
        own, found = user.reach(*UNIT_ROLES), self
        for word in search_words(query):
            condition = Q(search__sent_text__contains=word)
            if own:
                condition |= Q(unit_id__in=own, search__text__contains=word)
            found = found.filter(condition)
        return found

    def matching_public(self, query: str) -> ExemplarQuerySet:
        """The same over the words that the public pages show."""
        found = self
        for word in search_words(query):
            found = found.filter(search__public_text__contains=word)
        return found

    def for_list(self, *more: str) -> ExemplarQuerySet:
        """With what a list row shows, and nothing that it does not but `more`."""
        return self.select_related("unit", "field", "search").only(
            "state",
            "category",
            "subject_kind",
            "full_name",
            "title",
            "registered_on",
            "recognised_on",
            "submitted_at",
            "review_due",
            "taken_by",
            "return_due",
            "sudden",
            "grassroots",
            "direct_labour",
            "hold_since",
            "registered_by",
            "summary",
            "unit__short_name",
            "unit__path",
            "field__short_name",
            "search__sent_name",
            "search__sent_title",
            *more,
        )


class ChangeRequestQuerySet(models.QuerySet):
    """Requests to change recognised records."""

    def waiting_for(self, user: Any) -> ChangeRequestQuerySet:
        """Those that `user` may decide on, the oldest first; nobody decides on their own."""
        rows = self.filter(
            state=RequestState.OPEN,
            exemplar__state=State.RECOGNISED,
            exemplar__unit_id__in=user.reach(*OFFICE_ROLES),
        )
        return rows.exclude(asked_by=user).select_related("exemplar__unit", "asked_by").order_by("asked_at", "pk")


class ConfirmationQuerySet(models.QuerySet):
    """Questions to leaders, the Front and the unions."""

    def waiting_for(self, user: Any) -> ConfirmationQuerySet:
        """Those that `user` may answer: as leader of the unit, or as one of the Front or union that was asked."""
        of_leader = Q(asked_of_id__in=user.reach(Role.UNIT_LEADER), asked_of_id=models.F("exemplar__unit_id"))
        of_front = Q(asked_of_id__in=front_units(user, user.reach(*UNIT_ROLES))) & ~Q(
            asked_of_id=models.F("exemplar__unit_id")
        )
        rows = self.filter(of_leader | of_front, state=RequestState.OPEN, exemplar__state__in=EDITABLE)
        rows = rows.filter(exemplar__discarded_at=None).exclude(asked_by=user)
        return rows.select_related("exemplar__unit").order_by("asked_at", "pk")


class AttachmentQuerySet(models.QuerySet):
    """Photos and files."""

    def present(self) -> AttachmentQuerySet:
        """Those not taken away."""
        return self.filter(removed_at=None)

    def taken_off_by(self, user: Any) -> AttachmentQuerySet:
        """Those taken off the records of the units for which `user` writes."""
        own = user.reach(Role.OFFICER)
        return self.filter(exemplar__unit_id__in=own, exemplar__discarded_at=None, removed_at__isnull=False)

    def forgettable(self, now: datetime.datetime) -> AttachmentQuerySet:
        """Those taken away before they were ever sent, past the time in which they can be put back."""
        return self.filter(sent_in=None, removed_at__isnull=False, undo_until__lt=now)

    def visible_to(self, user: Any) -> AttachmentQuerySet:
        """Files `user` may open: those of the own units, photos that were sent of visible records, and for the office
        every sent file. Documents stay with the unit and the office: they may hold personal data."""
        own, office = user.reach(*UNIT_ROLES), user.reach(*OFFICE_ROLES)
        readers = user.reach(*_READS_SENT)
        sent, left_draft = Q(sent_in__isnull=False), ~Q(exemplar__state__in=UNSENT)
        photo = sent & Q(kind="photo", removed_at=None)
        return self.filter(
            (Q(exemplar__unit_id__in=own, exemplar__discarded_at=None) & (sent | Q(removed_at=None)))
            | (Q(exemplar__unit_id__in=office) & left_draft & sent)
            | (Q(exemplar__unit_id__in=readers) & left_draft & photo)
            | (Q(exemplar__state__in=STANDING) & photo)
            | self._of_asked(user, own)
        )

    @staticmethod
    def _of_asked(user: Any, own: list[int]) -> Q:
        """Photos of a draft that the Front or a union is asked to confirm."""
        if not (front := front_units(user, own)):
            return Q(pk__in=[])
        return Q(exemplar__in=asked_records(front), exemplar__discarded_at=None, kind="photo", removed_at=None)

    def shown_to_public(self) -> AttachmentQuerySet:
        """Photos of records that the public may see, that have a caption, and of which somebody said
        whether people in them agreed."""
        return (
            self.present()
            .filter(
                kind="photo",
                sent_in__isnull=False,
                exemplar__state=State.RECOGNISED,
                exemplar__consent_publish=True,
                exemplar__hold_since=None,
            )
            .exclude(people=PeopleShown.UNKNOWN)
            .exclude(caption="")
        )
