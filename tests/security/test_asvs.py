"""The report of docs/asvs.md: every chosen requirement once, each with a test that exists or a written deviation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
#: The requirements that were chosen (security paper, section 3).
CHOSEN = [
    "1.1.2",
    "1.2.1",
    "1.2.2",
    "1.2.3",
    "1.2.4",
    "1.2.5",
    "1.2.9",
    "1.3.2",
    "1.3.3",
    "1.3.4",
    "1.3.6",
    "1.3.7",
    "1.3.11",
    "1.5.1",
    "1.5.2",
    "2.1.3",
    "2.2.1",
    "2.2.2",
    "2.2.3",
    "2.3.1",
    "2.3.2",
    "2.3.3",
    "2.3.4",
    "2.4.1",
    "3.2.1",
    "3.3.1",
    "3.3.2",
    "3.3.3",
    "3.3.4",
    "3.4.1",
    "3.4.3",
    "3.4.4",
    "3.4.5",
    "3.4.6",
    "3.5.1",
    "3.5.3",
    "3.7.2",
    "4.1.1",
    "4.1.3",
    "5.1.1",
    "5.2.1",
    "5.2.2",
    "5.2.3",
    "5.3.1",
    "5.3.2",
    "5.4.1",
    "5.4.2",
    "5.4.3",
    "6.1.1",
    "6.2.1",
    "6.2.2",
    "6.2.3",
    "6.2.4",
    "6.2.5",
    "6.2.7",
    "6.2.8",
    "6.2.9",
    "6.2.10",
    "6.2.11",
    "6.3.1",
    "6.3.2",
    "6.3.3",
    "6.3.4",
    "6.4.1",
    "6.4.3",
    "6.4.4",
    "6.5.1",
    "6.5.2",
    "7.2.4",
    "7.3.1",
    "7.3.2",
    "7.4.1",
    "7.4.2",
    "7.4.3",
    "7.4.5",
    "7.5.1",
    "7.5.2",
    "8.1.1",
    "8.1.2",
    "8.2.1",
    "8.2.2",
    "8.2.3",
    "8.3.1",
    "8.4.1",
    "11.4.2",
    "11.5.1",
    "12.3.1",
    "12.3.2",
    "13.2.2",
    "13.3.1",
    "13.4.1",
    "13.4.2",
    "13.4.3",
    "13.4.4",
    "13.4.5",
    "14.2.1",
    "14.2.4",
    "14.3.2",
    "14.3.3",
    "15.1.2",
    "15.2.1",
    "15.3.1",
    "15.3.3",
    "15.3.5",
    "15.3.7",
    "16.2.1",
    "16.2.2",
    "16.2.5",
    "16.3.1",
    "16.3.2",
    "16.3.3",
    "16.4.1",
    "16.4.2",
    "16.5.1",
    "16.5.2",
    "16.5.3",
]


def rows() -> list[tuple[str, list[str], str]]:
    """(id, tests, remark) of every row of the report."""
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    return [(found[1], re.findall(r"`([^`]+)`", found[3]), found[4].strip()) for found in ROW.finditer(text)]


def functions_of(path: Path) -> set[str]:
    """Names of the test functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_chosen_requirement_has_one_row() -> None:
    assert [row[0] for row in rows()] == CHOSEN


def test_every_row_has_a_check_or_a_deviation() -> None:
    assert [number for number, tests, remark in rows() if not tests and not remark] == []


def test_every_named_check_exists() -> None:
    named = {name for _number, tests, _remark in rows() for name in tests}
    missing = []
    for name in sorted(named):
        file, _, function = name.partition("::")
        path = ROOT / "tests" / file
        if not path.exists() or function not in functions_of(path):
            missing.append(name)
    assert missing == []
