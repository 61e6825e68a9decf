from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organizations.models import User
from organizations.services import reset_factor


class Command(BaseCommand):
    """Take the second factor of a person who lost the telephone and the codes; logged, sessions ended."""

    help = "Đặt lại xác thực hai lớp của một tài khoản; mọi phiên của tài khoản kết thúc."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"Không có tài khoản {options['username']}.")
        if not reset_factor(user=user):
            raise CommandError(f"Tài khoản {user.username} không có xác thực hai lớp.")
        self.stdout.write(f"Đã đặt lại xác thực hai lớp của {user.username} và kết thúc các phiên.")
