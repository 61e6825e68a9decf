"""Bring a database to where the portal can be served; run by script/server at each start."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from emulation_portal import demo_accounts
from emulation_portal.checks import refuse_unsafe_start
from organizations.models import RoleAssignment, User


def has_unapplied_migrations() -> bool:
    """Tell whether the database lacks a migration."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def reference_key() -> str:
    """Return a hash over the reference data files and the database that they were loaded into."""
    total = hashlib.sha256(repr(sorted(map(str, connection.get_connection_params().items()))).encode())
    for file in sorted(settings.BASE_DIR.glob("*/data/**/*.json")):
        total.update(file.read_bytes())
    return total.hexdigest()


class Command(BaseCommand):
    """Migrate, load reference data, and on the first run seed the demo (local mode only)."""

    help = "Brings the database up to date; what is done already is not done again."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            fresh = has_unapplied_migrations()
        except OperationalError as error:
            raise CommandError("Không mở được cơ sở dữ liệu: hãy xem lại DATABASE_URL và máy chủ.") from error
        if fresh:
            self.stdout.write("Dựng cơ sở dữ liệu …")
            call_command("migrate", interactive=False, verbosity=0)
        refuse_unsafe_start()
        self._load_reference(settings.DATA_DIR / "reference.stamp", force=fresh)
        if settings.PORTAL_ENV == "local":
            self._seed_demo()

    def _load_reference(self, stamp: Path, *, force: bool) -> None:
        key = reference_key()
        if not force and stamp.exists() and stamp.read_text(encoding="utf-8") == key:
            return
        self.stdout.write("Nạp dữ liệu tham chiếu …")
        call_command("load_reference")
        stamp.write_text(key, encoding="utf-8")

    def _seed_demo(self) -> None:
        """Seed the demo into a database without users, and say who can sign in."""
        if not User.objects.exists():
            self.stdout.write("Nạp dữ liệu mẫu …")
            call_command("seed_demo")
        people = {user.username: user for user in User.objects.select_related("home_unit")}
        held = RoleAssignment.objects.filter(user__in=people.values()).select_related("user").order_by("pk")
        roles: dict[str, list[str]] = {}
        for assignment in held:
            roles.setdefault(assignment.user.username, []).append(assignment.get_role_display())
        self.stdout.write(f"\nTài khoản mẫu, mật khẩu chung: {demo_accounts.PASSWORD}")
        for name in demo_accounts.usernames(contract_only=True):
            if user := people.get(name):
                self.stdout.write(f"  {name:<16} {user.home_unit} — {', '.join(roles.get(name, []))}")
