from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_district(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Programmes of step 1 belong to the district whose data came with them, or else to the top of the tree."""
    programmes = apps.get_model("campaigns", "Programme")._base_manager.filter(unit=None)
    if not programmes.exists():
        return
    units = apps.get_model("organizations", "Unit")._base_manager.order_by("path")
    programmes.update(unit=units.filter(kind="district").first() or units.first())


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_schedule"), ("organizations", "0005_tries_and_one_address_an_account")]
    operations = [migrations.RunPython(give_district, migrations.RunPython.noop)]
