"""Addresses of reminders: their proof, what would be sent, and their switch."""

from django.urls import path

from campaigns.views import reminders

urlpatterns = [
    path("ke-hoach/nhac-han/", reminders.reminder_proof, name="reminder_proof"),
    path("ke-hoach/nhac-han/tai-ve/", reminders.reminder_export, name="reminder_export"),
    path("ke-hoach/nhac-han/xem-truoc/", reminders.reminder_preview, name="reminder_preview"),
    path("ke-hoach/nhac-han/xem-truoc/<int:pk>/", reminders.reminder_message, name="reminder_message"),
    path("ke-hoach/nhac-han/gio-gui/", reminders.reminder_hours, name="reminder_hours"),
    path("ke-hoach/nhac-han/bat-tat/<int:pk>/", reminders.reminder_switch, name="reminder_switch"),
]
