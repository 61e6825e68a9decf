"""Secrets of authenticator apps, which stood in clear, are stored under lock; backwards they stand in clear again."""

from binascii import hexlify, unhexlify

from django.db import migrations

from organizations.sealing import is_sealed, seal, unseal


def seal_all(apps, schema_editor):
    """Lock every secret that stands in clear."""
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        if not is_sealed(device.key):
            device.key = seal(unhexlify(device.key), str(device.user_id))
            device.save(update_fields=["key"])


def unseal_all(apps, schema_editor):
    """Write every secret in clear, as django-otp keeps them."""
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        if is_sealed(device.key):
            device.key = hexlify(unseal(device.key, str(device.user_id))).decode()
            device.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0008_history_of_accounts_and_wrong_addresses"),
        ("otp_totp", "0003_add_timestamps"),
    ]
    operations = [
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[],
            options={
                "verbose_name": "ứng dụng xác thực",
                "verbose_name_plural": "ứng dụng xác thực",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(seal_all, unseal_all),
    ]
