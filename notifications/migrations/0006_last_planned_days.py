from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_kinds_of_former_letters"),
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
