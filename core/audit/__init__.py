"""The append-only log of decisions, sign-ins, refusals and looks at personal data, chained by hash (docs/audit.md)."""

from core.audit.chain import Entry, Subject, record, record_all, record_steps, register_mirror
from core.audit.verify import Report, current_head, verify
from core.heads import Head

__all__ = [
    "Entry",
    "Head",
    "Report",
    "Subject",
    "current_head",
    "record",
    "record_all",
    "record_steps",
    "register_mirror",
    "verify",
]
