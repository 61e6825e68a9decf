from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """Units, emulation blocks, users and their roles."""

    name = "organizations"
    verbose_name = _("Đơn vị và người dùng")

    def ready(self) -> None:
        from axes.models import AccessAttempt  # noqa: PLC0415  models must be loaded first
        from django.db.models.signals import pre_save  # noqa: PLC0415  as above

        from core.audit.words import register_names, register_words  # noqa: PLC0415  models must be loaded first
        from core.working_days import register_overrides  # noqa: PLC0415  as above
        from organizations.blocks import WORDS as BLOCK_WORDS  # noqa: PLC0415  as above
        from organizations.calendar import WORDS, read_overrides  # noqa: PLC0415  as above
        from organizations.enums import EventKind  # noqa: PLC0415  as above
        from organizations.selectors import names_of_people  # noqa: PLC0415  as above
        from organizations.throttle import keep_no_forms  # noqa: PLC0415  as above

        pre_save.connect(keep_no_forms, sender=AccessAttempt, dispatch_uid="keep_no_forms")
        register_words({f"account.{kind}": label for kind, label in EventKind.choices})
        register_words(WORDS)
        register_words(BLOCK_WORDS)
        register_names("user", names_of_people)
        register_overrides(read_overrides)
