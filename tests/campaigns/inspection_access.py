"""Who opens the addresses of inspections and guidance: what tests/test_access.py adds to its tables."""

from __future__ import annotations

UNIT = {"officer", "unit_leader", "other_officer"}
OFFICE = {"reviewer", "interior_head", "other_reviewer"}
READERS = OFFICE | {"leader", "council_member"}
INSIDE = UNIT | READERS
RECORDERS = OFFICE | {"council_member"}
OFFICERS = {"officer", "other_officer"}

#: Pages without a record.
PLAIN = {
    "campaigns:inspection_list": INSIDE,
    "campaigns:plan_list": READERS,
    "campaigns:plan_new": OFFICE,
    "campaigns:follow_up_list": INSIDE,
    "campaigns:guidance_list": INSIDE,
    "campaigns:guidance_new": OFFICE,
    "campaigns:question_list": INSIDE,
}
#: Pages and steps of a record, by the roles that the table lets through; the records are tested beside their feature.
BY_ROLE = {
    "campaigns:plan_detail": READERS,
    "campaigns:plan_edit": OFFICE,
    "campaigns:visits_add": OFFICE,
    "campaigns:plan_announce": OFFICE,
    "campaigns:visit_detail": INSIDE,
    "campaigns:visit_team": OFFICE,
    "campaigns:visit_postpone": OFFICE,
    "campaigns:visit_cancel": OFFICE,
    "campaigns:visit_record": RECORDERS,
    "campaigns:visit_autosave": RECORDERS,
    "campaigns:visit_check": RECORDERS,
    "campaigns:visit_file_add": RECORDERS,
    "campaigns:visit_finish": RECORDERS,
    "campaigns:visit_reopen": RECORDERS,
    "campaigns:visit_send": OFFICE,
    "campaigns:visit_answer": UNIT,
    "campaigns:visit_minutes": INSIDE,
    "campaigns:visit_minutes_file": INSIDE,
    "campaigns:follow_up_detail": INSIDE,
    "campaigns:follow_up_report": OFFICERS,
    "campaigns:follow_up_file_add": OFFICERS,
    "campaigns:follow_up_close": OFFICE,
    "campaigns:follow_up_return": OFFICE,
    "campaigns:follow_up_cancel": OFFICE,
    "campaigns:enclosure_remove": INSIDE,
    "campaigns:guidance_detail": INSIDE,
    "campaigns:guidance_edit": OFFICE,
    "campaigns:guidance_file_add": OFFICE,
    "campaigns:guidance_publish": OFFICE,
    "campaigns:guidance_replace": OFFICE,
    "campaigns:guidance_withdraw": OFFICE,
    "campaigns:guidance_read": UNIT,
    "campaigns:guidance_readers": OFFICE,
    "campaigns:guidance_remind": OFFICE,
    "campaigns:guidance_ask": UNIT,
    "campaigns:milestone_ask": UNIT,
    "campaigns:question_detail": INSIDE,
    "campaigns:question_answer": OFFICE,
}
#: Open by the record alone: a movement, and so its files, is read by people of every role.
BY_RECORD = {"campaigns:enclosure"}
#: Those that answer nothing but POST.
POST_ONLY = {
    "campaigns:plan_announce",
    "campaigns:visit_autosave",
    "campaigns:visit_check",
    "campaigns:visit_file_add",
    "campaigns:visit_finish",
    "campaigns:visit_reopen",
    "campaigns:visit_send",
    "campaigns:follow_up_file_add",
    "campaigns:follow_up_close",
    "campaigns:guidance_file_add",
    "campaigns:guidance_publish",
    "campaigns:guidance_replace",
    "campaigns:guidance_read",
    "campaigns:guidance_remind",
}
#: Those that also take a POST.
FORMS = {
    "campaigns:plan_new",
    "campaigns:plan_edit",
    "campaigns:visits_add",
    "campaigns:visit_team",
    "campaigns:visit_postpone",
    "campaigns:visit_cancel",
    "campaigns:visit_record",
    "campaigns:visit_answer",
    "campaigns:follow_up_report",
    "campaigns:follow_up_return",
    "campaigns:follow_up_cancel",
    "campaigns:enclosure_remove",
    "campaigns:guidance_new",
    "campaigns:guidance_edit",
    "campaigns:guidance_withdraw",
    "campaigns:guidance_ask",
    "campaigns:milestone_ask",
    "campaigns:question_answer",
}
