from django.db import migrations

from models_registry.names import names_of, read_title

PARTS = ("full_name", "head_name", "spouse_name", "title")


def area_of(unit, units, steplen=4):
    paths = [unit.path[:end] for end in range(len(unit.path), 0, -steplen)]
    above = [units[path] for path in paths if path in units]
    return next((u for u in above if u.kind == "district"), above[-1])


def rows_of(SubjectName, exemplar, area, fields, birth_year, *, sent):
    title = read_title(fields.get("title") or "")
    for name in [*names_of(fields, exemplar.subject_kind), *([title] if title else [])]:
        for key in name.keys:
            yield SubjectName(
                exemplar=exemplar,
                area=area,
                key=key,
                part=name.part,
                marked=name.marked[:250],
                birth_year=birth_year,
                sent=sent,
            )


def fill(apps, schema_editor):
    """Store the names of records that were there before: as they stand, and as they were last sent."""
    Exemplar = apps.get_model("models_registry", "Exemplar")
    SubjectName = apps.get_model("models_registry", "SubjectName")
    Version = apps.get_model("models_registry", "ExemplarVersion")
    units = {unit.path: unit for unit in apps.get_model("organizations", "Unit").objects.all()}
    for exemplar in Exemplar.objects.select_related("unit").order_by("pk").iterator(500):
        area = area_of(exemplar.unit, units)
        now = {part: getattr(exemplar, part) for part in PARTS}
        rows = list(rows_of(SubjectName, exemplar, area, now, exemplar.birth_year, sent=False))
        version = Version.objects.filter(exemplar=exemplar).order_by("-number").first()
        if version:
            fields = version.content["fields"]
            year = fields.get("birth_year") or None
            rows += rows_of(SubjectName, exemplar, area, fields, int(year) if year else None, sent=True)
        SubjectName.objects.bulk_create(rows)


def empty(apps, schema_editor):
    apps.get_model("models_registry", "SubjectName").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("models_registry", "0006_names_of_subjects")]

    operations = [migrations.RunPython(fill, empty)]
