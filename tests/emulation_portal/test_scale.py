"""Generated data: what the benchmarks measure with keeps every rule of the database."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db.models import F

from campaigns.enums import TaskState
from campaigns.models import UnitTask
from emulation_portal.management.commands import seed_scale
from emulation_portal.scale.units import Size
from organizations.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def seed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(seed_scale.SIZES, "district", Size(1, 2, 10))

    def run() -> str:
        said = io.StringIO()
        call_command("seed_scale", "--units", "district", "--tasks", "4", stdout=said)
        return said.getvalue().strip()

    return run


def test_every_commune_has_its_tasks_and_a_second_run_makes_nothing(seed) -> None:
    assert [seed(), seed()] == ["Đã có 20 đơn vị và 80 nhiệm vụ."] * 2
    assert (Unit.objects.filter(code__startswith="QM").count(), UnitTask.objects.count()) == (23, 80)


def test_nobody_accepts_the_own_report(seed) -> None:
    seed()
    accepted = UnitTask.objects.filter(state=TaskState.ACCEPTED)
    assert accepted.exists()
    assert not accepted.filter(submitted_by=F("accepted_by")).exists()
