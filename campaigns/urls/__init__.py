"""The addresses of the schedule: those of every part."""

from . import guidance, inspections, movements, plan, reminders, tasks

app_name = "campaigns"
urlpatterns = [
    *guidance.urlpatterns,
    *inspections.urlpatterns,
    *movements.urlpatterns,
    *plan.urlpatterns,
    *reminders.urlpatterns,
    *tasks.urlpatterns,
]
