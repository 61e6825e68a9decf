"""Addresses of tasks, reports and requests for more time."""

from core.access_table import BOTH, GET, POST, Row
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

_OFFICE = frozenset(OFFICE_ROLES)
READERS = _OFFICE | UNIT_ROLES | {Role.LEADER, Role.COUNCIL_MEMBER}

RULES = {
    "task reads": "tasks of the own units; all of the scope for office, leaders and council",
    "task writes": "tasks of the units over which the person is an officer; the district's own for the office",
    "task judges": "tasks with a submitted report in the office's scope; the district's own for the head alone",
    "opens report file": "files of the own units and of the district's own for the office; submitted ones for readers",
    "unit duties": "the own units; all of the scope for office, leaders and council",
}
ROWS = [
    Row("campaigns:task_list", GET, "Tasks, late ones first", roles=READERS, record="task reads"),
    Row("campaigns:task_queue", GET, "Reports that wait for the office", roles=_OFFICE, record="task judges"),
    Row("campaigns:task_detail", GET, "One task", record="task reads"),
    Row("campaigns:task_version", GET, "A report as it was submitted, and differences", record="task reads"),
    Row("campaigns:task_assembly", GET, "What the district's report is made of", record="task reads"),
    Row("campaigns:task_document", GET, "A report as DOCX", record="task reads"),
    Row("campaigns:unit_duties", GET, "Yearly duties of a unit", record="unit duties"),
    Row("campaigns:task_report", BOTH, "Form of an owed report", record="task writes"),
    Row("campaigns:task_autosave", POST, "Save while typing", record="task writes"),
    Row("campaigns:task_check", BOTH, "Check before submitting", record="task writes"),
    Row("campaigns:task_paste", BOTH, "See what a block from Excel would write", record="task writes"),
    Row("campaigns:task_paste_save", POST, "Write the numbers of a block", record="task writes"),
    Row("campaigns:task_file_add", POST, "Add one file to an owed report", record="task writes"),
    Row("campaigns:task_file_remove", BOTH, "Take a file off an owed report", record="task writes"),
    Row("campaigns:task_file", GET, "Open a file of a report", record="opens report file"),
    Row("campaigns:task_submit", POST, "Submit", record="task writes"),
    Row("campaigns:task_withdraw", POST, "Take a report back", record="task writes"),
    Row("campaigns:task_receipt", GET, "Receipt of a submitted report", record="task writes"),
    Row("campaigns:task_gather", POST, "Take the units' texts over as a draft", record="task writes"),
    Row("campaigns:task_review", GET, "Judge a submitted report", record="task judges"),
    Row("campaigns:task_accept", POST, "Accept", record="task judges"),
    Row("campaigns:task_return", POST, "Return", record="task judges"),
    Row("campaigns:extension_ask", BOTH, "Ask for more time", record="task writes"),
    Row("campaigns:extension_answer", GET, "A request for more time", record="task judges"),
    Row("campaigns:extension_grant", POST, "Give more time", record="task judges"),
    Row("campaigns:extension_refuse", POST, "Give no more time", record="task judges"),
]
