from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from . import deadline, readonly


class CoreConfig(AppConfig):
    """What at least two apps use."""

    name = "core"
    verbose_name = _("Dùng chung")

    def ready(self) -> None:
        deadline.watch_connections()
        readonly.watch_connections()
