"""Print the table of access as a document."""

from typing import Any

from django.core.management.base import BaseCommand

from emulation_portal.access import as_document


class Command(BaseCommand):
    help = "In bảng quyền truy cập (docs/access.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_document(), ending="")
