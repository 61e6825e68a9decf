"""Take database and files as one consistent whole; safe while the portal runs."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from core.numbers import format_number
from emulation_portal.backup.making import make_backup
from emulation_portal.backup.manifest import BackupError


def at_least_one(text: str) -> int:
    """Return how many backups are kept."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("cần số nguyên từ 1 trở lên")
    return int(text)


class Command(BaseCommand):
    """backup DIR [--keep N]: one more backup inside DIR; with --keep only the newest N stay."""

    help = "Sao lưu cơ sở dữ liệu và tệp vào DIR; chạy được khi cổng đang chạy."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--keep", metavar="N", type=at_least_one, help="chỉ giữ N bản mới nhất")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_backup(options["folder"].resolve(), keep=options["keep"])
        except (BackupError, OSError, Error) as error:
            raise CommandError(f"Chưa sao lưu được. {error}") from error
        manifest = made.manifest
        if manifest.lost:
            self.stderr.write(
                f"Kho tệp thiếu {len(manifest.lost)} tệp mà hồ sơ còn nhắc tới, ví dụ {manifest.lost[0]}."
            )
        rows, files = sum(manifest.counts.values()), len(manifest.files) - 1
        self.stdout.write(
            f"Đã sao lưu {format_number(rows)} dòng, {format_number(files)} tệp, {format_number(manifest.size)} byte "
            f"vào {made.folder} ({made.seconds:.1f} s)."
        )
