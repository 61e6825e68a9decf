"""The table of access of the whole portal: the rows of every app, and of the addresses above them."""

from __future__ import annotations

from core.access_table import GET, Row, all_rows, all_rules, register
from organizations.enums import Role

ROWS = [
    Row("healthz", GET, "Health, in one word to strangers", public=True),
    Row("condition", GET, "Health in words", roles=frozenset({Role.ADMINISTRATOR})),
]


def register_all() -> None:
    """Gather the rows of every app."""
    from campaigns import access_rows as campaigns  # noqa: PLC0415  models must be loaded first
    from models_registry import access_rows as registry  # noqa: PLC0415  as above
    from notifications import access_rows as notices  # noqa: PLC0415  as above
    from organizations import access_rows as accounts  # noqa: PLC0415  as above
    from reports import access_rows as reports  # noqa: PLC0415  as above
    from showcase import access_rows as stories  # noqa: PLC0415  as above

    register(ROWS)
    register(accounts.ROWS, accounts.RULES)
    register(notices.ROWS, notices.RULES)
    register(campaigns.ROWS, campaigns.RULES)
    register(registry.ROWS, registry.RULES)
    register(reports.ROWS)
    register(stories.ROWS, stories.RULES)


def as_document() -> str:
    """The table as docs/access.md shows it."""
    from models_registry.access_rows import PARTS  # noqa: PLC0415  models must be loaded first

    lines = [
        "# Who may do what",
        "",
        "Made by `manage.py access_table` from the rows in `*/access_rows.py`; a test keeps the two equal.",
        "The middleware asks the table before every view; an address without a row answers nobody. Behind an",
        "address the rule on records decides: what it does not give does not exist (404, the words for none).",
        "",
        "| address | methods | who | record | what |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| `{r.name}` | {_methods(r)} | {_people(r)} | {r.record or '–'} | {r.what} |" for r in all_rows()]
    lines += ["", "| rule on records | gives |", "|---|---|"]
    lines += [f"| {name} | {meaning} |" for name, meaning in all_rules().items()]
    lines += ["", "| part of a record | seen by |", "|---|---|"]
    lines += [f"| {part} | {who} |" for part, who in PARTS.items()]
    return "\n".join(lines) + "\n"


def _methods(row: Row) -> str:
    return ", ".join(sorted(row.methods - {"HEAD"}))


def _people(row: Row) -> str:
    if row.public:
        return "everybody"
    return ", ".join(sorted(row.roles)) if row.roles is not None else "signed in"
