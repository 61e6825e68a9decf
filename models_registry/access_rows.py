"""Who may call the addresses of the registry; the rules on records are those of `querysets` and `rules`."""

from core.access_table import BOTH, GET, POST, Row
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

_OFFICER = frozenset({Role.OFFICER})
_OFFICE = frozenset(OFFICE_ROLES)
_HEAD = frozenset({Role.INTERIOR_HEAD})
_UNIT = frozenset(UNIT_ROLES)

RULES = {
    "reads": "all of the own units; what was sent, for office and leaders of the scope; what stands, for everybody",
    "insider": "records that the person reads and that belong to the own units or to the own office's scope",
    "writes": "records of the units over which the person is an officer",
    "decides": "records that were sent, within the own office's scope",
    "own bin": "drafts that the own units threw away",
    "own office": "stock remarks of the office within whose scope the person works",
    "asked": "drafts that the person's unit is asked to confirm; no private fields, no documents",
    "opens file": "files of the own units; sent files for the office; sent photos of records that the person reads",
}
ROWS = [
    Row("models_registry:exemplar_list", GET, "Registry", record="reads"),
    Row("models_registry:exemplar_start", BOTH, "Begin a draft", roles=_OFFICER),
    Row("models_registry:review_queue", GET, "Queue of the office", roles=_OFFICE, record="decides"),
    Row(
        "models_registry:name_duplicates",
        GET,
        "Likely duplicates of a typed name",
        roles=_OFFICER,
        record="reads",
    ),
    Row("models_registry:late_remark_list", GET, "Remarks that came late", roles=_HEAD, record="decides"),
    Row("models_registry:bulk_decide", BOTH, "Decide on a set", roles=_OFFICE, record="decides"),
    Row("models_registry:bulk_undo", POST, "Undo a set of own decisions", roles=_OFFICE, record="decides"),
    Row("models_registry:change_list", GET, "Requests for changes that wait", roles=_OFFICE, record="decides"),
    Row("models_registry:bin_list", GET, "Bin of the own units", roles=_UNIT, record="own bin"),
    Row("models_registry:review_settings", BOTH, "Clocks and confirmation; read by reviewers", roles=_OFFICE),
    Row("models_registry:stock_remark_add", POST, "Add a stock remark", roles=_OFFICE),
    Row("models_registry:stock_remark_change", POST, "Change, move or remove one", roles=_OFFICE, record="own office"),
    Row("models_registry:exemplar_detail", GET, "One record", record="reads"),
    Row("models_registry:exemplar_edit", BOTH, "Form of an open record", record="writes"),
    Row("models_registry:exemplar_autosave", POST, "Save while typing", record="writes"),
    Row("models_registry:exemplar_check", BOTH, "Check before sending", record="writes"),
    Row("models_registry:exemplar_kind", BOTH, "Change category or subject of a draft", record="writes"),
    Row("models_registry:exemplar_send", POST, "Send", record="writes"),
    Row("models_registry:exemplar_receipt", GET, "Receipt of a record that was sent", record="writes"),
    Row("models_registry:exemplar_discard", BOTH, "Put a draft into the bin", record="writes"),
    Row("models_registry:exemplar_restore", POST, "Take a draft out of the bin", record="own bin"),
    Row("models_registry:confirmation_ask", BOTH, "Ask for a confirmation", record="writes"),
    Row("models_registry:confirmation_answer", BOTH, "Answer as leader, Front or union", record="asked"),
    Row("models_registry:exemplar_promote", BOTH, "Grow into an exemplar or model", record="writes"),
    Row("models_registry:change_ask", BOTH, "Ask for a change of a recognised record", record="writes"),
    Row("models_registry:change_withdraw", POST, "Withdraw the request", record="writes"),
    Row("models_registry:exemplar_withdraw", POST, "Withdraw", record="writes"),
    Row("models_registry:exemplar_version", GET, "A version and differences", record="insider"),
    Row("models_registry:exemplar_compare", GET, "Difference of any two versions", record="insider"),
    Row("models_registry:private_look", POST, "Look at private fields, logged", record="insider"),
    Row("models_registry:consent_withdraw", POST, "Record that consent was withdrawn", record="insider"),
    Row("models_registry:exemplar_review", GET, "Review a record", record="decides"),
    Row("models_registry:exemplar_take", POST, "Take into review", record="decides"),
    Row("models_registry:exemplar_recognise", POST, "Recognise", record="decides"),
    Row("models_registry:exemplar_return", POST, "Return", record="decides"),
    Row("models_registry:exemplar_reject", POST, "Reject", record="decides"),
    Row("models_registry:exemplar_undo", POST, "Undo an own decision within a minute", record="decides"),
    Row("models_registry:criterion_doubt", POST, "Doubt a criterion", record="decides"),
    Row("models_registry:criterion_agree", POST, "Take a doubt back", record="decides"),
    Row("models_registry:exemplar_hold", BOTH, "Hold", record="decides"),
    Row("models_registry:exemplar_release", BOTH, "Release a hold", record="decides"),
    Row("models_registry:change_review", GET, "A request for a change, before and after", record="insider"),
    Row("models_registry:change_apply", POST, "Apply it", record="decides"),
    Row("models_registry:change_decline", POST, "Decline it", record="decides"),
    Row("models_registry:exemplar_end", BOTH, "End", record="decides"),
    Row("models_registry:exemplar_revoke", BOTH, "Revoke", record="decides"),
    Row("models_registry:movement_examples", GET, "Choose examples of a movement", record="keeps movement"),
    Row("models_registry:movement_example_add", POST, "Name one", record="keeps movement"),
    Row("models_registry:movement_example_remove", POST, "Take one off", record="keeps movement"),
    Row("models_registry:attachment", GET, "Open a photo or file", record="opens file"),
    Row("models_registry:attachment_add", POST, "Add one photo or file to an open record", record="writes"),
    Row("models_registry:attachment_move", POST, "Move a photo up or down", record="writes"),
    Row("models_registry:attachment_remove", BOTH, "Take a file off an open record", record="writes"),
    Row("models_registry:attachment_restore", POST, "Put it back within a minute", record="writes"),
]
#: Parts of a record and who sees them, of those who read the record at all.
PARTS = {
    "story, criteria, achievements, photos": "everybody who reads the record",
    "birth date, telephone": "insiders, masked until a logged look",
    "documents": "insiders",
    "remarks, answers, doubts, timeline, versions": "insiders",
    "reasons of hold, rejection, end, revocation": "insiders",
}
