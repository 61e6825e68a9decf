from django.core.management.base import BaseCommand

from campaigns.reference import load_programmes
from models_registry.reference import load_stock_remarks, load_taxonomy
from organizations.reference import load_blocks, load_calendar, load_units


class Command(BaseCommand):
    help = "Loads units, blocks, working days, programmes, movements, fields and criteria from data files; repeatable."

    def handle(self, *args: object, **options: object) -> None:
        units = load_units()
        load_blocks(units)
        load_calendar()
        load_programmes()
        load_taxonomy()
        load_stock_remarks()
        self.stdout.write(
            f"Đã nạp {len(units)} đơn vị cùng khối thi đua, chương trình, phong trào, lĩnh vực, tiêu chí."
        )
