from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("models_registry", "0004_fill_promised_dates")]

    operations = [
        migrations.AddConstraint(
            model_name="exemplar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hold_by", None), ("hold_reason", ""), ("hold_since", None)),
                    models.Q(
                        ("hold_by__isnull", False),
                        ("hold_since__isnull", False),
                        models.Q(("hold_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hold_has_date_reason_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="exemplar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["submitted", "in_review"]), _negated=True),
                    ("review_due__isnull", False),
                    _connector="OR",
                ),
                name="waiting_has_promised_date",
            ),
        ),
    ]
