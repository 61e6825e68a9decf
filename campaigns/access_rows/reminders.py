"""Who may call the addresses of reminders."""

from core.access_table import BOTH, GET, Row
from organizations.enums import OFFICE_ROLES, Role

#: Who reads what was and would be told: the office, and those who lead the district.
READERS = frozenset(OFFICE_ROLES | {Role.LEADER})
_HEAD = frozenset({Role.INTERIOR_HEAD})

RULES = {
    "reminded": "reminders and their preview about what the units of the own scope owe",
    "switches": "programmes of the district of which the person heads the office",
}
ROWS = [
    Row("campaigns:reminder_proof", GET, "Proof of reminders", roles=READERS, record="reminded"),
    Row("campaigns:reminder_export", GET, "The proof as a spreadsheet", roles=READERS, record="reminded"),
    Row("campaigns:reminder_preview", GET, "What would be sent on a day", roles=READERS, record="reminded"),
    Row("campaigns:reminder_message", GET, "One message as it would be sent", roles=READERS, record="reminded"),
    Row("campaigns:reminder_hours", BOTH, "When reminders leave", roles=_HEAD),
    Row("campaigns:reminder_switch", BOTH, "Switch the reminders of a programme", roles=_HEAD, record="switches"),
]
