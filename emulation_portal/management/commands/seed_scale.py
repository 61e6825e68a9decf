"""manage.py seed_scale: generated data of the size of a district, a province or the nation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from emulation_portal.scale.tasks import make_tasks
from emulation_portal.scale.units import SIZES, make_units


class Command(BaseCommand):
    """Makes units with their people, and their tasks; deterministic, safe to repeat, refused in production."""

    help = "Generate units, people and tasks of a given size, to measure with. Safe to repeat; refused in production."

    def add_arguments(self, parser: CommandParser) -> None:
        """The size, and how many milestones each programme has."""
        parser.add_argument("--units", choices=sorted(SIZES), default="district")
        parser.add_argument("--tasks", type=int, default=20, metavar="N", help="milestones, so tasks of each unit")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing."""
        if settings.PORTAL_ENV == "production":
            raise CommandError("Không nạp dữ liệu quy mô lớn vào hệ thống thật (PORTAL_ENV=production).")
        units = make_units(SIZES[options["units"]])
        tasks = make_tasks(options["tasks"])
        with connection.cursor() as cursor:
            # What the database knows of its tables comes minutes after so many rows; until then its plans are guesses.
            cursor.execute("ANALYZE")
        self.stdout.write(f"Đã có {units} đơn vị và {tasks} nhiệm vụ.")
