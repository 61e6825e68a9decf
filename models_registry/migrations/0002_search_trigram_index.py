from django.db import migrations, transaction
from django.db.utils import Error

COLUMNS = ("text", "sent_text", "public_text")


def add_index(apps, schema_editor):
    """Add the trigram index on PostgreSQL where the extension can be made; search is the same without it."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for column in COLUMNS:
                schema_editor.execute(
                    f"CREATE INDEX exemplar_search_{column} ON models_registry_exemplarsearch "
                    f"USING gin ({column} gin_trgm_ops)"
                )
    except Error:
        return


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for column in COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS exemplar_search_{column}")


class Migration(migrations.Migration):
    dependencies = [("models_registry", "0001_initial")]

    operations = [migrations.RunPython(add_index, drop_index)]
