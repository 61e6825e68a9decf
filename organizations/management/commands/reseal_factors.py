"""Lock the secrets of authenticator apps with the present SECRET_KEY, after it was changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organizations import factors


class Command(BaseCommand):
    help = "Khóa lại bí mật của các ứng dụng xác thực bằng SECRET_KEY hiện nay; rồi mới bỏ SECRET_KEY_FALLBACKS."

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = factors.reseal_all()
        self.stdout.write(f"Đã khóa lại {done} ứng dụng xác thực bằng SECRET_KEY hiện nay.")
        if lost:
            names = ", ".join(lost)
            raise CommandError(
                f"Không mở được bí mật của: {names}. Thêm khóa cũ vào SECRET_KEY_FALLBACKS rồi chạy lại, "
                "hoặc đặt lại bằng reset_second_factor."
            )
