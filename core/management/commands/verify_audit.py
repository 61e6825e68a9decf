"""Check the chain of the log."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit import Head, verify

_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{16,64})")


class Command(BaseCommand):
    help = "Kiểm tra chuỗi nhật ký; thoát mã 1 và nêu dòng hỏng đầu tiên."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", help="đầu chuỗi đã in trên văn bản hoặc trong thư, dạng SỐ:16 ký tự")

    def handle(self, *args: Any, **options: Any) -> None:
        known = read_head(options["head"]) if options["head"] else None
        report = verify(known)
        if report.fault:
            raise CommandError(f"Nhật ký hỏng: {report.fault}. Đã đọc đúng {report.rows} dòng.")
        self.stdout.write(f"Nhật ký nguyên vẹn: {report.rows} dòng, đầu chuỗi {report.head}.")


def read_head(text: str) -> Head:
    """A head as it was printed; raises with a sentence when it cannot be read."""
    found = _HEAD.fullmatch(text.strip())
    if not found:
        raise CommandError(f"Không đọc được đầu chuỗi «{text}»: cần dạng 123:0a1b2c3d4e5f6071.")
    return Head(int(found[1]), found[2])
