"""The schedule of the demo on 5/6/2023: what is done, late, returned and asked for; seeding again adds nothing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db.models import Count, F

from campaigns.models import Extension, Programme, TaskRemark, TaskReportVersion, UnitTask, Urging
from campaigns.reference import load_programmes
from core import clock
from core.audit import verify
from emulation_portal.demo.schedule import SUBJECTS, seed_schedule
from emulation_portal.demo.seeding import seed_accounts
from notifications.models import OutboxMessage, Reminder, Status
from notifications.planning import plan
from organizations.models import User
from organizations.reference import load_blocks, load_units

DAY = datetime.date(2023, 6, 5)


@pytest.fixture
def demo(db: None, stand_on) -> dict[str, Any]:
    stand_on(DAY)
    units = load_units()
    load_blocks(units)
    load_programmes()
    seed_accounts(units)
    seed_schedule(units)
    return units


def standing(code: str) -> dict[str, int]:
    rows = UnitTask.objects.filter(milestone__code=code).values_list("state", flat=True)
    return {state: list(rows).count(state) for state in set(rows)}


def test_the_schedule_stands_as_on_the_training_date(demo: dict) -> None:
    assert standing("M1") == standing("TT-KH-2022") == {"accepted": 74}
    assert standing("TT-KH-2023") == {"accepted": 71, "open": 3}
    assert standing("M2") == {"open": 62, "submitted": 10, "accepted": 1, "returned": 1}
    assert standing("M2H") == {"open": 1}
    late = UnitTask.objects.overdue(DAY)
    assert sorted(late.values_list("unit__short_name", flat=True)) == ["Xã Long Vĩnh", "Xã Vĩnh Hựu", "Xã Yên Luông"]
    assert Extension.objects.get().task.unit.short_name == "Xã Vĩnh Hựu"
    assert Urging.objects.get().units.count() == 3
    assert Programme.objects.get(code="2021-2025").reminders_on
    done = UnitTask.objects.filter(milestone__code="TT-KH-2022")
    assert (done.in_time().count(), done.handed_in().count()) == (72, 74)


def test_the_mornings_of_the_past_were_told_failed_and_left_out_as_the_engine_does(demo: dict) -> None:
    mails = Reminder.objects.filter(channel="email")
    told = dict(mails.order_by().values_list("state").annotate(n=Count("pk")))
    assert (told["failed"], told["skipped"], told["sent"] > 300, "planned" in told) == (2, 4, True, False)
    assert set(mails.filter(state="skipped").values_list("reason", flat=True)) == {"Đã xong trước khi gửi."}
    mine = OutboxMessage.objects.filter(recipient__username="binhnhi", subject_type="digest", channel="email")
    assert mine.filter(subject_id=datetime.date(2023, 6, 1).toordinal()).get().title == (
        "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình Nhì"
    )
    assert not OutboxMessage.objects.filter(subject_type="digest", status=Status.PENDING, channel="email").exists()
    # The first live day tells what is new and nothing of this again.
    before = Reminder.objects.filter(recipient__username="binhnhi").count()
    plan(DAY)
    assert Reminder.objects.filter(recipient__username="binhnhi").count() == before


def test_what_was_handed_in_can_be_read_and_the_log_agrees(demo: dict) -> None:
    handed_in = UnitTask.objects.exclude(state="open")
    assert TaskReportVersion.objects.count() == handed_in.count() == handed_in.filter(versions__number=1).count()
    assert verify().fault == ""
    assert TaskRemark.objects.get().task.unit.short_name == "Xã Đồng Sơn"
    assert not handed_in.filter(accepted_by=F("submitted_by")).exists()
    served = set(User.objects.filter(role_assignments__role="officer").values_list("role_assignments__unit", flat=True))
    assert set(UnitTask.objects.values_list("unit", flat=True)) <= served


def test_seeding_again_adds_nothing_and_no_mail_of_the_past_leaves(demo: dict) -> None:
    before = UnitTask.objects.count(), OutboxMessage.objects.count()
    assert seed_schedule(demo) == 0
    assert (UnitTask.objects.count(), OutboxMessage.objects.count()) == before
    waiting = OutboxMessage.objects.due(clock.wall_now() + datetime.timedelta(days=1))
    assert waiting.filter(subject_type__in=SUBJECTS).count() == 0
    assert not OutboxMessage.objects.filter(subject_type__in=SUBJECTS, status=Status.WAITING).exists()
