"""The demo of the programme: accounts and exemplars, replayed through the same services that people use."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F, Model
from django.http import QueryDict

from campaigns.models import Movement
from core import clock
from emulation_portal.demo.guidance import seed_guidance
from emulation_portal.demo.inspections import seed_inspections
from emulation_portal.demo.movements import seed_movements
from emulation_portal.demo.pictures import draw_paper, draw_picture
from emulation_portal.demo.schedule import seed_schedule
from emulation_portal.demo_accounts import PASSWORD
from models_registry import services
from models_registry.forms import ExemplarForm
from models_registry.letters import SUBJECT
from models_registry.models import ChangeRequest, Criterion, Exemplar, Field, ReviewSettings, StockRemark, SubField
from models_registry.services.drafts import CONTENT_FIELDS, AchievementInput, DraftInput
from models_registry.services.review import Answers
from notifications.models import Channel, OutboxMessage, Status
from organizations.models import RoleAssignment, Unit, User
from organizations.reference import load_units

DATA = Path(__file__).resolve().parent
ROLES_FROM = datetime.date(2021, 9, 22)
#: Notices older than this on the training date count as read.
_READ_BEFORE = datetime.date(2023, 5, 29)
_LOOKUPS: dict[str, tuple[type[Model], str]] = {
    "field": (Field, "code"),
    "movement": (Movement, "code"),
    "sub_field": (SubField, "name"),
}


def read(name: str) -> Any:
    """Content of a data file of the demo."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@transaction.atomic
def seed_accounts(units: dict[str, Unit]) -> int:
    """Make or update the demo accounts, all with the one public password; returns how many."""
    accounts = read("accounts.json")["accounts"]
    password = make_password(PASSWORD)
    for row in accounts:
        # The plain manager: the usual one reads the home unit along, by an outer join that no lock can hold.
        user, _made = User._base_manager.update_or_create(
            username=row["username"],
            defaults={
                "full_name": row["full_name"],
                "email": row["email"],
                "home_unit": units[row["unit"]],
                "password": password,
            },
        )
        for role in row["roles"]:
            RoleAssignment.objects.get_or_create(
                user=user, role=role["role"], unit=units[role["unit"]], valid_from=ROLES_FROM
            )
    return len(accounts)


def seed_exemplars(units: dict[str, Unit]) -> int:
    """Replay the exemplars that are not there yet, oldest step first in each; returns how many were made."""
    rows = read("exemplars.json")["exemplars"]
    made = [Replay(row, units).run() for row in rows if not _exists(row, units)]
    _settle_messages([exemplar.pk for exemplar in made])
    return len(made)


def _exists(row: dict[str, Any], units: dict[str, Unit]) -> bool:
    return Exemplar.objects.filter(unit=units[row["unit"]], full_name=row["full_name"], title=row["title"]).exists()


def _settle_messages(made: list[int]) -> None:
    """What the replay wrote is long past: no mail leaves, and old notices count as read."""
    written = OutboxMessage.objects.filter(subject_type=SUBJECT, subject_id__in=made)
    written.filter(channel=Channel.EMAIL, status=Status.PENDING).update(status=Status.SKIPPED)
    notices = written.filter(channel=Channel.IN_APP)
    notices.update(not_before=F("created_at"))
    old = clock.end_of_day(_READ_BEFORE)
    notices.filter(created_at__lt=old, read_at=None).update(read_at=old)


class Replay:
    """One exemplar of the demo, from its first draft to where it stands."""

    def __init__(self, row: dict[str, Any], units: dict[str, Unit]) -> None:
        self.row = row
        self.unit = units[row["unit"]]
        self.people = {user.username: user for user in User.objects.all()}
        self.officer = self.people[row["registered_by"]]

    @transaction.atomic
    def run(self) -> Exemplar:
        """Write the record and take it through its history."""
        with clock.replay_at(_at(self.row["registered_on"], 8)):
            self.exemplar = self._register()
        hour = 9
        for event in self.row["history"]:
            hour = hour + 1 if hour < 15 else 9
            with clock.replay_at(_at(event["date"], hour)):
                self._step(event)
        self._hold()
        self._ask_for_a_change()
        return self.exemplar

    def _register(self) -> Exemplar:
        exemplar = services.create_draft(
            unit=self.unit,
            by=self.officer,
            fields={"full_name": self.row["full_name"], "title": self.row["title"]},
            subject_kind=self.row["subject_kind"],
            category=self.row["category"],
        )
        self._write(exemplar, self.row | (self.row["first_version"] or {}))
        for number, photo in enumerate(self.row["photos"]):
            picture = draw_picture(f"{self.row['code']}-{number}", self.row["field"], self.row["sub_field"] or "")
            upload = SimpleUploadedFile(photo["name"], picture)
            kept = services.add_photo(exemplar=exemplar, by=self.officer, upload=upload)
            words = services.PhotoWords(caption=photo["caption"], people=photo["people"])
            services.describe_photos(exemplar=exemplar, by=self.officer, words={kept.pk: words})
        for document in self.row["documents"]:
            upload = SimpleUploadedFile(document["name"], draw_paper(self.row["code"], document["title"]))
            services.add_document(exemplar=exemplar, by=self.officer, upload=upload)
        return exemplar

    def _write(self, exemplar: Exemplar, row: dict[str, Any]) -> None:
        fields = {name: row[name] for name in CONTENT_FIELDS if name in row}
        for name, (model, key) in _LOOKUPS.items():
            fields[name] = model._base_manager.filter(**{key: fields[name]}).first() if fields.get(name) else None
        for name in ("birth_date", "consent_on", "happened_on"):
            fields[name] = datetime.date.fromisoformat(fields[name]) if fields.get(name) else None
        criteria = {c.code: c.pk for c in Criterion.objects.all()}
        data = DraftInput(
            fields=fields,
            claims={criteria[c["code"]]: (c["is_met"], c["evidence"]) for c in row["criteria"]},
            achievements=[_achievement(a) for a in row["achievements"]],
        )
        services.save_draft(exemplar=exemplar, by=self.officer, data=data, seen_version=exemplar.version)

    def _step(self, event: dict[str, Any]) -> None:
        exemplar, by, reason = self.exemplar, self.people[event["by"]], event.get("reason", "")
        match event["action"]:
            case "submit":
                services.submit_exemplar(exemplar=exemplar, by=by)
            case "resubmit":
                self._write(exemplar, self.row)
                self._answer(event.get("answers", {}))
                services.resubmit_exemplar(exemplar=exemplar, by=by)
            case "withdraw":
                services.withdraw_exemplar(exemplar=exemplar, by=by)
            case "take":
                services.take_exemplar(exemplar=exemplar, by=by)
            case "recognise":
                services.recognise_exemplar(exemplar=exemplar, by=by, answers=Answers(True, True, True))
            case "return":
                comments = {c["field"]: c["text"] for c in event["comments"]}
                due = datetime.date.fromisoformat(event["return_due"])
                services.return_exemplar(exemplar=exemplar, by=by, comments=comments, due=due)
            case "reject":
                services.reject_exemplar(exemplar=exemplar, by=by, reason=reason)
            case "end":
                services.end_exemplar(exemplar=exemplar, by=by, reason=reason)
            case "revoke":
                services.revoke_exemplar(exemplar=exemplar, by=by, reason=reason, paper=event["paper"])

    def _answer(self, answers: dict[str, str]) -> None:
        """What the unit answered to the remarks of the last return."""
        for target, text in answers.items():
            remarks = self.exemplar.comments.filter(target=target, answer="")
            remarks.update(answer=text, answered_by=self.officer, answered_at=clock.now())

    def _ask_for_a_change(self) -> None:
        """Leave a request for a change of a recognised record open, as the form would have sent it."""
        asked = self.row.get("change_request")
        if not asked:
            return
        stored = ExemplarForm(exemplar=self.exemplar).stored_values() | asked["changes"]
        posted = QueryDict(mutable=True)
        for name, value in stored.items():
            if value not in (None, False):
                posted[name] = "on" if value is True else str(value)
        with clock.replay_at(_at(asked["on"], 10)):
            ChangeRequest.objects.create(
                exemplar=self.exemplar,
                reason=asked["reason"],
                posted=posted.urlencode(),
                base=self.exemplar.version,
                asked_by=self.people[asked["by"]],
                asked_at=clock.now(),
            )

    def _hold(self) -> None:
        if hold := self.row["hold"]:
            with clock.replay_at(_at(hold["since"], 16)):
                services.hold_exemplar(exemplar=self.exemplar, by=self.people[hold["by"]], reason=hold["reason"])


def seed_office(units: dict[str, Unit]) -> None:
    """The clocks and the stock remarks of the office, where it has set none itself."""
    data = read("office.json")
    office = units[data["office"]]
    ReviewSettings.objects.get_or_create(office=office, defaults=data["settings"])
    if not StockRemark.objects.filter(office=office).exists():
        StockRemark.objects.bulk_create(
            StockRemark(office=office, text=text, position=position)
            for position, text in enumerate(data["stock_remarks"], start=1)
        )


def _at(day: str, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(hour, 15), tzinfo=clock.VIETNAM)


def _achievement(row: dict[str, Any]) -> AchievementInput:
    figure = None if row["figure"] is None else Decimal(str(row["figure"]))
    return AchievementInput(row["description"], figure, row["measure"] or "", row["period"] or "")


def seed() -> tuple[int, int]:
    """Load units, accounts and exemplars of the demo; safe to repeat. Returns counts of accounts and new records."""
    units = load_units()
    seed_office(units)
    made = seed_accounts(units), seed_exemplars(units)
    seed_schedule(units)
    seed_movements(read("movements.json"), units)
    seed_inspections(units)
    seed_guidance(units)
    return made
