"""Who may call the addresses of desk, board and log."""

from core.access_table import GET, Row
from organizations.enums import GRID_ROLES, OFFICE_ROLES, Role

#: Who reads the board: those who lead, review or sit on the council.
READERS = frozenset(OFFICE_ROLES | {Role.LEADER, Role.COUNCIL_MEMBER, Role.UNIT_LEADER})
ROWS = [
    Row("reports:desk", GET, "Own desk"),
    Row("reports:board", GET, "Board of recognised exemplars", roles=READERS),
    Row("reports:block_grid", GET, "Figures of an emulation block", roles=GRID_ROLES, record="block"),
    Row("reports:journal", GET, "Log of the system, own scope", roles=frozenset({Role.INTERIOR_HEAD})),
]
