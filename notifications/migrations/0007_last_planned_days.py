from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0006_reminders_of_every_channel_by_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="tick",
            name="planned_before",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="tick",
            name="planned_day",
            field=models.DateField(null=True),
        ),
    ]
