from django.db import migrations
from django.db.models import Count
from django.db.models.functions import Lower


class SharedAddresses(Exception):
    """Two accounts have one address: somebody has to say whose it is."""


def refuse_shared_addresses(apps, schema_editor):
    """Whose an address is cannot be guessed: name the accounts and stop."""
    user = apps.get_model("organizations", "User")
    rows = user.objects.exclude(email="").order_by().annotate(address=Lower("email"))
    shared = rows.values("address").annotate(n=Count("pk")).filter(n__gt=1).values_list("address", flat=True)
    if groups := [
        ", ".join(rows.filter(address=address).order_by("pk").values_list("username", flat=True))
        for address in sorted(shared)
    ]:
        raise SharedAddresses(
            f"Các tài khoản sau dùng chung một địa chỉ thư: {'; '.join(groups)}. "
            "Sửa địa chỉ để mỗi tài khoản một địa chỉ riêng, rồi chạy lại migrate. Chưa có gì thay đổi."
        )


def empty_stored_forms(apps, schema_editor):
    """Forms of failed sign-ins were kept with the passwords typed in them; names were kept in clear."""
    apps.get_model("axes", "AccessAttempt").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("axes", "__latest__"),
        ("organizations", "0003_people_with_their_unit"),
    ]

    operations = [
        migrations.RunPython(refuse_shared_addresses, migrations.RunPython.noop),
        migrations.RunPython(empty_stored_forms, migrations.RunPython.noop),
    ]
