from django.core.management.base import BaseCommand, CommandParser

from core.files.keeping import lost_files, sweep, unclaimed_files


class Command(BaseCommand):
    help = "Deletes stored files that no record knows, older than a day; names those that records miss."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only name them")

    def handle(self, *args: object, **options: object) -> None:
        names = unclaimed_files() if options["dry_run"] else sweep()
        for name in names:
            self.stdout.write(name)
        self.stdout.write(f"Tệp không thuộc hồ sơ nào: {len(names)}.")
        lost = lost_files()
        for name in lost:
            self.stderr.write(name)
        self.stdout.write(f"Tệp hồ sơ cần mà kho không còn: {len(lost)}.")
