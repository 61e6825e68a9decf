from datetime import timedelta

from django.db import migrations
from django.db.models import F

#: Two working weeks: what the office promised before it could set its own clock.
PROMISED = timedelta(days=14)


def fill(apps, schema_editor):
    """Give records that wait a promised date, and holds the person who decided or registered."""
    exemplars = apps.get_model("models_registry", "Exemplar")._base_manager
    for row in exemplars.filter(state__in=["submitted", "in_review"], review_due=None).iterator():
        exemplars.filter(pk=row.pk).update(review_due=row.submitted_at.date() + PROMISED)
    held = exemplars.filter(hold_since__isnull=False, hold_by=None)
    held.filter(taken_by__isnull=False).update(hold_by=F("taken_by"))
    held.filter(hold_by=None).update(hold_by=F("registered_by"))


class Migration(migrations.Migration):
    dependencies = [("models_registry", "0003_registry_whole")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
