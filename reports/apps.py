from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Figures for leaders; reads all, owns nothing."""

    name = "reports"
    verbose_name = _("Báo cáo")
