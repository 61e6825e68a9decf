from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from core import clock
from organizations.enums import UnitKind
from organizations.models import Unit, User
from organizations.services import AccountError, make_operator


class Command(BaseCommand):
    """Make the first account of an install, an administrator; prints the link that sets its password."""

    help = "Tạo tài khoản quản trị đầu tiên; in ra liên kết đặt mật khẩu, dùng một lần trong 72 giờ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--full-name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--unit", default="", help="Mã đơn vị; mặc định là huyện.")

    def handle(self, *args: Any, **options: Any) -> None:
        username, email = options["username"], options["email"]
        if User.objects.filter(username=username).exists():
            raise CommandError(f"Đã có tài khoản {username}.")
        try:
            User.username_validator(username)
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"Tên đăng nhập hoặc địa chỉ thư chưa đúng: {username}, {email}.") from error
        name, unit = options["full_name"], _unit(options["unit"])
        try:
            letter = make_operator(full_name=name, username=username, email=email, unit=unit)
        except AccountError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã tạo tài khoản {username}. Mở liên kết sau để đặt mật khẩu (một lần, trong 72 giờ):")
        self.stdout.write(urljoin(settings.SITE_URL, letter.path))


def _unit(code: str) -> Unit:
    units = Unit.objects.valid_on(clock.today())
    found = units.filter(code=code) if code else units.filter(kind=UnitKind.DISTRICT)
    if found.count() != 1:
        raise CommandError(
            "Nêu mã một đơn vị còn hiệu lực hôm nay bằng --unit (chạy load_reference trước nếu chưa có đơn vị nào)."
        )
    return found.get()
