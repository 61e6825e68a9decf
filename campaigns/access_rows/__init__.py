"""Who may call the addresses of the schedule: the rows of every part."""

from . import guidance, inspections, movements, plan, reminders, tasks

ROWS = [
    *guidance.ROWS,
    *inspections.ROWS,
    *movements.ROWS,
    *plan.ROWS,
    *reminders.ROWS,
    *tasks.ROWS,
]
RULES = {
    **guidance.RULES,
    **inspections.RULES,
    **movements.RULES,
    **plan.RULES,
    **reminders.RULES,
    **tasks.RULES,
}
