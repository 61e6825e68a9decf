"""Bring a backup back; every hash is compared before anything is overwritten."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from core.dates import format_date
from core.numbers import format_number
from emulation_portal.backup.manifest import BackupError
from emulation_portal.backup.restoring import restore_backup


class Command(BaseCommand):
    """restore DIR [--force]: DIR is one backup, or the folder of several (the newest is taken)."""

    help = "Khôi phục cơ sở dữ liệu và tệp từ DIR; kiểm mọi mã kiểm trước khi ghi đè."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--force", action="store_true", help="ghi đè cả dữ liệu mới hơn hoặc khi cổng đang chạy")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = restore_backup(options["folder"].resolve(), force=options["force"])
        except (BackupError, OSError, Error) as error:
            raise CommandError(f"Chưa khôi phục. {error}") from error
        rows = sum(done.manifest.counts.values())
        self.stdout.write(
            f"Đã khôi phục bản {done.folder.name} ngày {format_date(done.manifest.taken_at.date())}: "
            f"{format_number(rows)} dòng, thêm {format_number(done.files_added)} tệp, "
            f"bỏ {format_number(done.files_removed)} tệp không còn dùng ({done.seconds:.1f} s)."
        )
        if done.lacks_migrations:
            self.stdout.write("Bản sao lưu của phiên bản cũ hơn: hãy chạy manage.py migrate trước khi mở cổng.")
