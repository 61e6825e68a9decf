from django.db import migrations

from core.audit import guard


def begin(apps, schema_editor):
    """Begin the chain, then let the database refuse to change it."""
    apps.get_model("core", "AuditHead").objects.get_or_create(pk=1, defaults={"digest": "0" * 64})
    guard.install(schema_editor.connection)


def end(apps, schema_editor):
    guard.remove(schema_editor.connection)
    apps.get_model("core", "AuditHead").objects.filter(pk=1).delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0001_audit")]

    operations = [migrations.RunPython(begin, end)]
