import json

from django.db import migrations

from core.audit.chain import COLUMNS, digest_after


def chain(apps, schema_editor):
    """Put the steps that were logged before the chain began into it, in their order."""
    event, heads = apps.get_model("core", "AuditEvent"), apps.get_model("core", "AuditHead").objects
    steps = apps.get_model("models_registry", "ExemplarTransition").objects.order_by("pk")
    head = heads.get(pk=1)
    if head.number:
        return
    for log in steps.select_related("record", "actor_unit").iterator(chunk_size=1000):
        told = {"log": log.pk, "source": log.source, "target": log.target}
        row = event(
            number=head.number + 1,
            at=log.at,
            kind="step",
            action=f"exemplar.{log.name}",
            actor_id=log.actor_id,
            actor_unit=log.actor_unit.name[:200] if log.actor_unit else "",
            scope_unit=log.record.unit_id,
            subject_type="exemplar",
            subject_id=log.record_id,
            subject_label=f"ĐH-{log.record.registered_on.year}-{log.record_id:04d}",
            reason=log.reason,
            data=json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            previous=head.digest,
        )
        row.digest = digest_after(head.digest, (getattr(row, name) for name in COLUMNS))
        row.save(force_insert=True)
        head.number, head.digest = row.number, row.digest
    head.save()


class Migration(migrations.Migration):
    dependencies = [
        ("models_registry", "0007_fill_names_of_subjects"),
        ("core", "0002_audit_head_and_guard"),
    ]

    operations = [migrations.RunPython(chain, migrations.RunPython.noop)]
