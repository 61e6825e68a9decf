from django.db import migrations

#: (subject type, names of steps) → kind, for the rows written before rows had one.
FORMER = [
    ("exemplar", ["recognise", "reject", "revoke", "end", "hold", "release", "amend", "withdraw_consent"], "decision"),
    ("change_request", ["declined"], "decision"),
    ("change_request", ["asked"], "request"),
    ("confirmation", ["answered"], "decision"),
    ("confirmation", ["asked"], "request"),
]


def name_kinds(apps, schema_editor):
    messages = apps.get_model("notifications", "OutboxMessage").objects
    for subject, names, kind in FORMER:
        rows = messages.filter(subject_type=subject)
        for name in names:
            rows.filter(step=name).update(kind=kind)
            rows.filter(step__startswith=f"{name}:").update(kind=kind)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_kinds_rhythms_and_the_calendar_feed")]

    # The way back drops the column itself.
    operations = [migrations.RunPython(name_kinds, migrations.RunPython.noop)]
