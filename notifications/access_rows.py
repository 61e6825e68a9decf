"""Who may call the addresses of notices and mails."""

from core.access_table import BOTH, GET, POST, Row
from organizations.enums import Role

_OPERATOR = frozenset({Role.ADMINISTRATOR.value})

RULES = {
    "own notice": "notices addressed to the person and due",
    "calendar token": "256 random bits, shown once: the due dates of its owner until it is revoked, and no session",
}
ROWS = [
    Row("notifications:notice_list", GET, "Own notices"),
    Row("notifications:notices_read", POST, "Mark own notices as read"),
    Row("notifications:notice_open", POST, "Open one notice", record="own notice"),
    Row("notifications:notice_read", POST, "Mark one notice as read", record="own notice"),
    Row("notifications:preferences", BOTH, "How soon one is told, by kind"),
    Row("notifications:calendar_make", POST, "Make the address of the own calendar, or a new one"),
    Row("notifications:calendar_revoke", POST, "Revoke the address of the own calendar"),
    Row("notifications:calendar_feed", GET, "A calendar by its address", record="calendar token", public=True),
    Row("notifications:mail_folder", GET, "Folder of outgoing mail (embedded mode)", roles=_OPERATOR),
    Row("notifications:mail_detail", GET, "One mail of the folder (embedded mode)", roles=_OPERATOR),
]
