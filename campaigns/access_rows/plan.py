"""Who may call the addresses of the schedule; the rules on records are those of `querysets`."""

from campaigns.querysets import READS_ALL
from core.access_table import BOTH, GET, POST, Row
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

_HEAD = frozenset({Role.INTERIOR_HEAD})
_OFFICE = frozenset(OFFICE_ROLES)
READERS = frozenset(READS_ALL)
FOLLOWS = frozenset(READS_ALL | UNIT_ROLES)

RULES = {
    "own programme": "programmes of the districts in which the person works; unpublished milestones for their office",
    "scope tasks": "tasks of the own units; all of the scope for office, leaders and council",
    "urges": "published milestones of the own office's district",
    "urged": "acts of urging of the own scope, for office, leaders and council",
    "manages": "programmes, milestones and tasks of the district of which the person heads the office",
}
ROWS = [
    Row("campaigns:schedule", GET, "Programme on a timeline", record="own programme"),
    Row("campaigns:milestone_detail", GET, "One milestone", record="own programme"),
    Row("campaigns:progress_grid", GET, "Units × milestones", roles=FOLLOWS, record="scope tasks"),
    Row("campaigns:progress_numbers", GET, "The five numbers", roles=FOLLOWS, record="scope tasks"),
    Row("campaigns:progress_list", GET, "Tasks behind a figure", roles=FOLLOWS, record="scope tasks"),
    Row("campaigns:urge", BOTH, "Urge late units", roles=_OFFICE, record="urges"),
    Row("campaigns:urging_list", GET, "Acts of urging", roles=READERS, record="urged"),
    Row("campaigns:urging_detail", GET, "One act of urging", roles=READERS, record="urged"),
    Row("campaigns:urging_paper", GET, "Its official letter", roles=READERS, record="urged"),
    Row("campaigns:programme_edit", BOTH, "A programme's particulars", roles=_HEAD, record="manages"),
    Row("campaigns:basis_add", POST, "Cite a legal basis", roles=_HEAD, record="manages"),
    Row("campaigns:basis_remove", POST, "Cite one no more", roles=_HEAD, record="manages"),
    Row("campaigns:programme_goals", BOTH, "Goals of units", roles=_HEAD, record="manages"),
    Row("campaigns:programme_clone", BOTH, "Prepare the next period", roles=_HEAD, record="manages"),
    Row("campaigns:programme_close", BOTH, "Close a programme", roles=_HEAD, record="manages"),
    Row("campaigns:milestone_new", BOTH, "New milestone", roles=_HEAD, record="manages"),
    Row("campaigns:milestone_edit", BOTH, "Change a milestone", roles=_HEAD, record="manages"),
    Row("campaigns:milestone_delete", BOTH, "Delete an unpublished milestone", roles=_HEAD, record="manages"),
    Row("campaigns:milestone_publish", BOTH, "Publish a milestone", roles=_HEAD, record="manages"),
    Row("campaigns:milestone_repeat", BOTH, "Repeat a yearly milestone", roles=_HEAD, record="manages"),
    Row("campaigns:milestone_due", BOTH, "Move a due date", roles=_HEAD, record="manages"),
    Row("campaigns:milestone_exceptions", BOTH, "Units that are not reminded", roles=_HEAD, record="manages"),
    Row("campaigns:exception_remove", POST, "Remind a unit again", roles=_HEAD, record="manages"),
    Row("campaigns:task_hand_over", BOTH, "Hand one task over", roles=_HEAD, record="manages"),
    Row("campaigns:unit_hand_over", BOTH, "Hand over all of a closed unit", roles=_HEAD, record="manages"),
]
