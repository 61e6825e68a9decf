"""Who may call the addresses of movements; the rules on records are those of `movement_querysets` and the services."""

from campaigns.movement_querysets import KEEPS
from core.access_table import BOTH, GET, POST, Row

RULES = {
    "movement": "movements of the person's units and of those over and below; prepared ones for unit and office",
    "keeps movement": "movements of the units over which the person is head of the office or officer",
    "joins movement": "movements that the person reads, for units over which the person is officer",
}
ROWS = [
    Row("campaigns:movement_list", GET, "Movements", record="movement"),
    Row("campaigns:movement_add", BOTH, "Write down a movement", roles=KEEPS),
    Row("campaigns:movement_detail", GET, "One movement", record="movement"),
    Row("campaigns:movement_edit", BOTH, "Change it", record="keeps movement"),
    Row("campaigns:movement_file_add", POST, "Add one file to it", roles=KEEPS, record="keeps movement"),
    Row("campaigns:movement_launch", BOTH, "Launch it", record="keeps movement"),
    Row("campaigns:movement_end", BOTH, "End it with a summing-up", record="keeps movement"),
    Row("campaigns:movement_reopen", BOTH, "Open it again", record="keeps movement"),
    Row("campaigns:movement_join", BOTH, "Let the own unit join", record="joins movement"),
    Row("campaigns:movement_leave", BOTH, "Let the own unit leave", record="joins movement"),
]
