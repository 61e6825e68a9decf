"""Who may call the addresses of inspections; the rules on records are those of `inspection_querysets`."""

from campaigns.querysets import READS_ALL
from core.access_table import BOTH, GET, POST, Row
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

_OFFICE = frozenset(OFFICE_ROLES)
_RECORDERS = frozenset(OFFICE_ROLES | {Role.COUNCIL_MEMBER})
_UNIT = frozenset(UNIT_ROLES)
_OFFICER = frozenset({Role.OFFICER})
_INSIDE = frozenset(READS_ALL | UNIT_ROLES)

RULES = {
    "own visits": "visits of the scope for office, leaders and council; a unit's own once they were announced",
    "own plans": "plans of the scope for office, leaders and council",
    "plans": "plans and visits of the own office",
    "records": "visits of the own office, and for the council those in whose team the person is",
    "told": "visits whose findings the person reads: a unit its own once the result was sent",
    "own follow-ups": "recommendations of the scope; a unit's own once they were sent",
    "owes": "recommendations of the units over which the person is an officer",
    "judges": "recommendations within the own office's scope",
    "encloses": "files of what the person reads; evidence of a unit for the office once it was reported",
    "takes off": "files of what the person is still writing",
}
ROWS = [
    Row("campaigns:inspection_list", GET, "Visits", roles=_INSIDE, record="own visits"),
    Row("campaigns:plan_list", GET, "Plans of inspection and survey", roles=READS_ALL, record="own plans"),
    Row("campaigns:plan_new", BOTH, "Begin a plan", roles=_OFFICE),
    Row("campaigns:plan_detail", GET, "One plan", roles=READS_ALL, record="own plans"),
    Row("campaigns:plan_edit", BOTH, "Change a plan", roles=_OFFICE, record="plans"),
    Row("campaigns:visits_add", BOTH, "Put units into a plan", roles=_OFFICE, record="plans"),
    Row("campaigns:plan_announce", POST, "Tell the units", roles=_OFFICE, record="plans"),
    Row("campaigns:visit_detail", GET, "One visit", roles=_INSIDE, record="own visits"),
    Row("campaigns:visit_team", BOTH, "Change the team", roles=_OFFICE, record="plans"),
    Row("campaigns:visit_postpone", BOTH, "Move a visit", roles=_OFFICE, record="plans"),
    Row("campaigns:visit_cancel", BOTH, "Take a visit off", roles=_OFFICE, record="plans"),
    Row("campaigns:visit_record", BOTH, "Form of a record", roles=_RECORDERS, record="records"),
    Row("campaigns:visit_autosave", POST, "Save a record while typing", roles=_RECORDERS, record="records"),
    Row("campaigns:visit_check", POST, "Save a record and read it", roles=_RECORDERS, record="records"),
    Row("campaigns:visit_file_add", POST, "Add one photo or file", roles=_RECORDERS, record="records"),
    Row("campaigns:visit_finish", POST, "Close a record", roles=_RECORDERS, record="records"),
    Row("campaigns:visit_reopen", POST, "Open a record again", roles=_RECORDERS, record="records"),
    Row("campaigns:visit_send", POST, "Send the result", roles=_OFFICE, record="plans"),
    Row("campaigns:visit_answer", BOTH, "What the unit says to it", roles=_UNIT, record="told"),
    Row("campaigns:visit_minutes", GET, "Minutes for the printer", roles=_INSIDE, record="told"),
    Row("campaigns:visit_minutes_file", GET, "Minutes as DOCX", roles=_INSIDE, record="told"),
    Row("campaigns:follow_up_list", GET, "Recommendations", roles=_INSIDE, record="own follow-ups"),
    Row("campaigns:follow_up_detail", GET, "One recommendation", roles=_INSIDE, record="own follow-ups"),
    Row("campaigns:follow_up_report", BOTH, "Report what was done", roles=_OFFICER, record="owes"),
    Row("campaigns:follow_up_file_add", POST, "Add one file of evidence", roles=_OFFICER, record="owes"),
    Row("campaigns:follow_up_close", POST, "Confirm that it was done", roles=_OFFICE, record="judges"),
    Row("campaigns:follow_up_return", BOTH, "Ask for more", roles=_OFFICE, record="judges"),
    Row("campaigns:follow_up_cancel", BOTH, "Drop it", roles=_OFFICE, record="judges"),
    Row("campaigns:enclosure", GET, "Open a photo or file", record="encloses"),
    Row("campaigns:enclosure_remove", BOTH, "Take a file off", roles=_INSIDE, record="takes off"),
]
