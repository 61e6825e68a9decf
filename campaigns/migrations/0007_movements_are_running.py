from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.text import search_key


def launch(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Movements of before came with the reference data; they are running, and are found by their words."""
    for movement in apps.get_model("campaigns", "Movement")._base_manager.all():
        movement.state, movement.is_reference = "launched", True
        movement.search_text = search_key(f"{movement.name} {movement.launched_by}")
        movement.save(update_fields=["state", "is_reference", "search_text"])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_movements_with_a_life")]
    operations = [migrations.RunPython(launch, migrations.RunPython.noop)]
