"""The page for operators holds together: its units are read by systemd, its commands and settings exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from celery.bin.beat import beat
from celery.bin.worker import worker
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
TITLE = re.compile(r"`/etc/systemd/system/([\w.-]+)`[^\n`]*:\n\n((?:    [^\n]*\n|\n(?=    ))+)")
UNITS = {name: re.sub(r"(?m)^    ", "", text) for name, text in TITLE.findall(PAGE)}
SERVICES = {name: text for name, text in UNITS.items() if name.endswith(".service")}
DAYS = re.findall(r"(?m)^OnCalendar=(.*)$", "".join(UNITS.values()))
#: Lines that every service has: nobody's rights but its own, its settings, no file for others.
SAFE = (
    *("User=thidua", "WorkingDirectory=/srv/thidua/app", "EnvironmentFile=/etc/thidua.env", "UMask=0077"),
    *("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet="),
)


def words_of(unit: str) -> list[str]:
    """What a service starts, word by word."""
    found = re.search(r"(?m)^ExecStart=(.*)$", UNITS[unit])
    assert found
    return found[1].split()


def test_the_page_has_every_unit_that_it_speaks_of() -> None:
    spoken_of = set(re.findall(r"thidua-\w+(?:\.\w+)?", PAGE)) - {"thidua-owner.env"}
    with_ending = {name if "." in name else f"{name}.service" for name in spoken_of}
    assert with_ending == set(UNITS)


@pytest.mark.parametrize("unit", sorted(SERVICES))
def test_every_service_is_held_to_its_own(unit: str) -> None:
    assert [line for line in SAFE if line not in UNITS[unit].splitlines()] == []


def test_the_backup_runs_at_night() -> None:
    assert DAYS == ["*-*-* 01:30"]


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    """Words about units of the machine itself are none of ours."""
    reader = shutil.which("systemd-analyze")
    if not reader:
        pytest.skip("no systemd-analyze on this machine")
    for name, text in UNITS.items():
        here = text.replace("/srv/thidua/app/.venv", sys.prefix).replace("/srv/thidua/app", str(ROOT))
        (tmp_path / name).write_text(here, encoding="utf-8")
    told = []
    for words in (["verify", *map(str, sorted(tmp_path.iterdir()))], ["calendar", *DAYS]):
        done = subprocess.run([reader, *words], capture_output=True, text=True, timeout=60, check=False)
        told += [line for line in done.stderr.splitlines() if any(name in line for name in UNITS)]
        assert words[0] == "verify" or done.returncode == 0
    assert told == []


def test_what_the_services_start_is_there() -> None:
    for unit in SERVICES:
        program = words_of(unit)[0]
        assert (Path(sys.prefix) / program.removeprefix("/srv/thidua/app/.venv/")).exists(), program
    assert (ROOT / words_of("thidua-web.service")[2]).exists()
    for unit, command in (("thidua-worker.service", worker), ("thidua-beat.service", beat)):
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words_of(unit) if word.startswith("--")} <= known


def test_every_command_of_the_page_exists_with_its_options() -> None:
    asked = re.findall(r"(?:manage\.py|^ +manage|&& manage) ([a-z]\w+)((?: +[^\s`#&;]+)*)", PAGE, re.MULTILINE)
    missing = []
    for name, rest in asked:
        if name not in get_commands():
            missing.append(name)
            continue
        command = load_command_class(get_commands()[name], name)
        known = command.create_parser("manage.py", name)._option_string_actions  # noqa: SLF001 - argparse has no other
        missing += [f"{name} {word}" for word in re.findall(r"--[\w-]+", rest) if word not in known]
    assert (len(asked) > 15, missing) == (True, [])


def test_every_setting_of_the_page_is_read() -> None:
    named = set(re.findall(r"(?m)^    ([A-Z][A-Z_]+)=", PAGE)) | set(re.findall(r"`([A-Z]+_[A-Z_]+)=", PAGE))
    named |= {name for line in re.findall(r"(?m)^Environment=(.*)$", "".join(UNITS.values())) for name in
              re.findall(r"([A-Z_]+)=", line)}  # fmt: skip
    places = [*(ROOT / "emulation_portal").rglob("*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in places)
    assert sorted(name for name in named if f'"{name}"' not in source) == []
