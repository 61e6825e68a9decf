"""The addresses of the portal: each app brings its own."""

from django.urls import include, path

from . import condition, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("quan-tri/suc-khoe/", condition.condition_page, name="condition"),
    path("", include("organizations.urls")),
    path("", include("notifications.urls")),
    path("", include("campaigns.urls")),
    path("", include("models_registry.urls")),
    path("", include("reports.urls")),
    path("", include("showcase.urls")),
]

handler400 = "emulation_portal.errors.bad_request"
handler403 = "emulation_portal.errors.permission_denied"
handler404 = "emulation_portal.errors.page_not_found"
handler500 = "emulation_portal.errors.server_error"
