from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The outbox: in-app notices and e-mails."""

    name = "notifications"
    verbose_name = _("Thông báo")

    def ready(self) -> None:
        from notifications import accounts, digests, feeds, summaries  # noqa: PLC0415  models must be loaded first

        accounts.register()
        feeds.register()
        digests.register()
        summaries.register()
