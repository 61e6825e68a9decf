from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

#: Modules that offer something to the apps below; each has a `register`. Imported once the models are loaded.
PARTS = (
    "calendar",
    "figures",
    "guidance_letters",
    "inspection_calendar",
    "inspection_journal",
    "inspection_letters",
    "inspection_owed",
    "journal",
    "kinds",
    "letters",
    "movement_journal",
    "movement_letters",
    "owed",
    "report_progress",
    "stored_files",
    "task_journal",
    "services.reminders",
    "services.urging",
)


class CampaignsConfig(AppConfig):
    """Programmes and movements."""

    name = "campaigns"
    verbose_name = _("Kế hoạch và phong trào")

    def ready(self) -> None:
        for part in PARTS:
            import_module(f"campaigns.{part}").register()
