from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from emulation_portal.demo.seeding import seed


class Command(BaseCommand):
    help = "Loads the demo: invented people and exemplars on the training date. Safe to repeat; refused in production."

    def handle(self, *args: object, **options: object) -> None:
        if settings.PORTAL_ENV == "production":
            raise CommandError("Không nạp dữ liệu mẫu vào hệ thống thật (PORTAL_ENV=production).")
        call_command("load_reference", verbosity=0, stdout=self.stdout)
        accounts, exemplars = seed()
        self.stdout.write(f"Đã nạp {accounts} tài khoản mẫu và {exemplars} hồ sơ mẫu mới.")
