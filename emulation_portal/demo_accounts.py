"""The demo accounts of the contract: one public password, in local mode only."""

import json
from pathlib import Path

PASSWORD = "thidua-1948"
FILE = Path(__file__).resolve().parent / "demo" / "accounts.json"


def usernames(*, contract_only: bool = False) -> list[str]:
    """Return the user names of the demo: all of them, or those that the contract names."""
    accounts = json.loads(FILE.read_text(encoding="utf-8"))["accounts"]
    return [account["username"] for account in accounts if account["contract"] or not contract_only]
