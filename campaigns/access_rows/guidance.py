"""Who may call the addresses of guidance; the rules on records are those of `guidance_querysets`."""

from campaigns.querysets import READS_ALL
from core.access_table import BOTH, GET, POST, Row
from organizations.enums import OFFICE_ROLES, UNIT_ROLES

_OFFICE = frozenset(OFFICE_ROLES)
_UNIT = frozenset(UNIT_ROLES)
_INSIDE = frozenset(READS_ALL | UNIT_ROLES)

RULES = {
    "guides": "published guidance for the addressed units and all who read the scope; drafts for the office",
    "own guidance": "guidance of the own office",
    "addressed": "guidance that is addressed to the person's unit",
    "asks": "guidance that the person reads; published milestones of the own programmes",
    "own questions": "questions of the own units; all of the scope for office, leaders and council",
    "answers": "questions within the own office's scope",
}
ROWS = [
    Row("campaigns:guidance_list", GET, "Guidance", roles=_INSIDE, record="guides"),
    Row("campaigns:guidance_new", BOTH, "Begin a guidance", roles=_OFFICE),
    Row("campaigns:guidance_detail", GET, "One guidance", roles=_INSIDE, record="guides"),
    Row("campaigns:guidance_edit", BOTH, "Change a draft", roles=_OFFICE, record="own guidance"),
    Row("campaigns:guidance_file_add", POST, "Add one file to a draft", roles=_OFFICE, record="own guidance"),
    Row("campaigns:guidance_publish", POST, "Publish", roles=_OFFICE, record="own guidance"),
    Row("campaigns:guidance_replace", POST, "Begin a newer one", roles=_OFFICE, record="own guidance"),
    Row("campaigns:guidance_withdraw", BOTH, "Withdraw", roles=_OFFICE, record="own guidance"),
    Row("campaigns:guidance_read", POST, "Confirm the reading", roles=_UNIT, record="addressed"),
    Row("campaigns:guidance_readers", GET, "Who has read it", roles=_OFFICE, record="own guidance"),
    Row("campaigns:guidance_remind", POST, "Remind those who have not", roles=_OFFICE, record="own guidance"),
    Row("campaigns:guidance_ask", BOTH, "Ask about a guidance", roles=_UNIT, record="asks"),
    Row("campaigns:milestone_ask", BOTH, "Ask about a milestone", roles=_UNIT, record="asks"),
    Row("campaigns:question_list", GET, "Questions", roles=_INSIDE, record="own questions"),
    Row("campaigns:question_detail", GET, "One question", roles=_INSIDE, record="own questions"),
    Row("campaigns:question_answer", BOTH, "Answer", roles=_OFFICE, record="answers"),
]
