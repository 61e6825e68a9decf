from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0011_enclosures_of_movements"),
    ]

    operations = [
        migrations.AlterField(
            model_name="extension",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Chờ trả lời"),
                    ("granted", "Đã gia hạn"),
                    ("refused", "Không gia hạn"),
                    ("dropped", "Không cần nữa"),
                ],
                default="open",
                max_length=10,
            ),
        ),
    ]
