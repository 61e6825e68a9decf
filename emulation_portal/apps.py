from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmulationPortalConfig(AppConfig):
    """The wiring of the portal: settings, addresses, error pages, commands above all apps."""

    name = "emulation_portal"
    verbose_name = _("Cổng thi đua")

    def ready(self) -> None:
        from core.desk import register_items

        from . import (
            access,
            checks,  # noqa: F401 - registers the system checks
        )
        from .condition import desk_items
        from .last_rows import register_last_rows

        access.register_all()
        register_last_rows()
        register_items(desk_items)
