from django.db import migrations, models

import notifications.channels


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_kinds_of_former_letters")]

    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="channel",
            field=models.CharField(choices=notifications.channels.labels, max_length=10),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["planned_for", "state"], name="reminder_day_state"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(condition=models.Q(("state", "planned")), fields=["message"], name="reminder_planned"),
        ),
    ]
