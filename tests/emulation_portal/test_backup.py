"""Backup and restore, rehearsed on the database that this run tests."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from core import heads
from core.audit import current_head, record, verify
from core.audit.models import AuditEvent, AuditHead
from emulation_portal.backup import making, postgres, restoring, tables
from emulation_portal.backup.disk import digest_of, files_below
from emulation_portal.backup.manifest import MANIFEST, MEDIA, SEAL, BackupError, read_manifest, write_manifest
from emulation_portal.backup.notes import last_backup
from models_registry.models import Attachment, Exemplar
from tests.factories import add_files, make_world

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.xdist_group("backup")]


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT.mkdir()
    settings.DATA_DIR.mkdir()


@pytest.fixture
def filled():
    world = make_world()
    exemplar = world.exemplar("draft")
    add_files(exemplar, world.officer)
    record(kind="account", action="trước khi sao lưu")
    return exemplar


@pytest.fixture
def made(filled, tmp_path):
    return making.make_backup(tmp_path / "backups")


def state():
    """Counts of all tables, hashes of all uploads."""
    media = django_settings.MEDIA_ROOT
    return tables.row_counts(tables.ask_django), {name: digest_of(media / name) for name in files_below(media)}


def run(name, *words):
    out, err = StringIO(), StringIO()
    call_command(name, *map(str, words), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_backup_comes_back_with_every_row_and_every_file(filled, tmp_path):
    before, title = state(), Exemplar.objects.get().title
    said, complaint = run("backup", tmp_path / "b")
    assert said.startswith(f"Đã sao lưu {sum(before[0].values())} dòng, 3 tệp, ")
    assert complaint == ""
    Exemplar.objects.update(title="Đã đổi sau khi sao lưu")
    Attachment.objects.all().delete()
    for name in before[1]:
        (django_settings.MEDIA_ROOT / name).unlink()
    (django_settings.MEDIA_ROOT / "thua.jpg").write_bytes(b"x")
    said, _ = run("restore", tmp_path / "b")
    assert said.startswith("Đã khôi phục bản sao-luu-")
    assert "thêm 3 tệp, bỏ 1 tệp không còn dùng" in said
    assert state() == before
    assert Exemplar.objects.get().title == title
    assert [name for name in files_below(django_settings.DATA_DIR) if "truoc" in name] == []


def test_a_backup_is_for_its_owner_only_and_names_what_it_holds(made):
    modes = {stat.S_IMODE((made.folder / name).stat().st_mode) for name in files_below(made.folder)}
    folders = {stat.S_IMODE(place.stat().st_mode) for place in (made.folder, made.folder / MEDIA)}
    assert (modes, folders) == ({0o600}, {0o700})
    manifest = read_manifest(made.folder)
    assert manifest.counts == tables.row_counts(tables.ask_django)
    assert set(manifest.files) == {name for name in files_below(made.folder) if name not in (MANIFEST, SEAL)}
    assert manifest.heads["hồ sơ"]["number"] >= 0
    assert last_backup().size == manifest.size


def test_uploads_that_no_row_names_are_left_out_and_lost_ones_are_told(filled, tmp_path):
    (django_settings.MEDIA_ROOT / "dang-tai-len.part").write_bytes(b"x")
    gone = Attachment.objects.order_by("pk").last().file.name
    (django_settings.MEDIA_ROOT / gone).unlink()
    _, complaint = run("backup", tmp_path / "b")
    manifest = read_manifest(restoring.find_backup(tmp_path / "b"))
    assert complaint == f"Kho tệp thiếu 1 tệp mà hồ sơ còn nhắc tới, ví dụ {gone}.\n"
    assert manifest.lost == [gone]
    assert not [name for name in manifest.files if "dang-tai-len" in name]


def test_old_backups_go_and_equal_files_take_no_room_twice(made, tmp_path):
    place = made.folder.parent
    second = making.make_backup(place, keep=2)
    media = [name for name in second.manifest.files if name.startswith(MEDIA)]
    assert {(second.folder / name).stat().st_nlink for name in media} == {2}
    assert (django_settings.MEDIA_ROOT / media[0].removeprefix("media/")).stat().st_nlink == 1
    third = making.make_backup(place, keep=2)
    assert making.complete_backups(place) == [second.folder, third.folder]


def test_a_harmed_file_of_the_last_backup_is_copied_anew(made):
    name = next(name for name in made.manifest.files if name.startswith(MEDIA))
    flip(made.folder / name, 0, 1)
    second = making.make_backup(made.folder.parent)
    assert digest_of(second.folder / name) == second.manifest.files[name] == made.manifest.files[name]


def flip(file, place, bit):
    content = bytearray(file.read_bytes())
    content[place] ^= bit
    file.write_bytes(content)


def test_every_flipped_bit_and_every_cut_is_found_before_anything_is_overwritten(made, tmp_path):
    before, chance = state(), random.Random(1956)
    names = sorted(files_below(made.folder))
    found = 0
    for number in range(25):
        broken = tmp_path / f"hong-{number}"
        shutil.copytree(made.folder, broken)
        # Every file is hit, the small ones too, and then more of them by chance.
        file = broken / (names[number] if number < len(names) else chance.choice(names))
        if number < 20:
            flip(file, chance.randrange(file.stat().st_size), 1 << chance.randrange(8))
        else:
            os.truncate(file, chance.randrange(file.stat().st_size))
        with pytest.raises(CommandError, match=r"Chưa khôi phục\. Bản sao lưu .* bị hỏng"):
            run("restore", broken, "--force")
        found += 1
    assert found == 25
    assert state() == before


def rewrite(folder, **more):
    manifest = read_manifest(folder)
    write_manifest(folder, type(manifest)(**manifest.__dict__ | more))


HARMS = [
    (lambda folder: (folder / MANIFEST).unlink(), "Không thấy bản sao lưu nào"),
    (lambda folder: (folder / SEAL).unlink(), "không phải bản sao lưu"),
    (lambda folder: (folder / "la.txt").write_text("x"), "thừa 1 tệp, ví dụ la.txt"),
    (lambda folder: next((folder / MEDIA).rglob("*.jpg")).unlink(), "thiếu 1 tệp"),
    (lambda folder: rewrite(folder, vendor="oracle"), "Bản sao lưu là của oracle"),
    (lambda folder: rewrite(folder, migrations=["campaigns.9999_sau"]), r"mới hơn \(campaigns.9999_sau\)"),
]


def test_what_is_no_backup_of_this_portal_is_refused(made, tmp_path):
    before = state()
    for number, (harm, sentence) in enumerate(HARMS):
        other = tmp_path / f"la-{number}"
        shutil.copytree(made.folder, other)
        harm(other)
        with pytest.raises(CommandError, match=sentence):
            run("restore", other, "--force")
    assert state() == before


def test_later_data_is_overwritten_by_force_only(made, filled, monkeypatch):
    with monkeypatch.context() as later:
        later.setitem(heads._heads, "hồ sơ", lambda: heads.Head(10**6))
        with pytest.raises(CommandError, match=r"mới hơn bản sao lưu \(hồ sơ: 1000000 > \d+\)"):
            run("restore", made.folder)
    AuditHead.objects.all().delete()
    AuditEvent.objects.all()._raw_delete("default")
    for _event in range(made.manifest.heads["nhật ký"]["number"] + 1):
        record(kind="account", action="sau khi sao lưu")
    with pytest.raises(CommandError, match="mới hơn bản sao lưu"):
        run("restore", made.folder)
    run("restore", made.folder, "--force")
    assert (verify().fault, current_head().number) == ("", made.manifest.heads["nhật ký"]["number"])


def test_a_log_of_another_way_and_the_same_length_is_kept(made):
    """The numbers agree and the rows do not: one of the two logs was rewritten."""
    AuditHead.objects.all().delete()
    AuditEvent.objects.all()._raw_delete("default")
    for number in range(made.manifest.heads["nhật ký"]["number"]):
        record(kind="account", action=f"khác {number}")
    here = current_head()
    with pytest.raises(CommandError, match=r"khác với đầu chuỗi đã in.*Đã trả lại dữ liệu cũ"):
        run("restore", made.folder)
    assert current_head() == here
    run("restore", made.folder, "--force")
    assert current_head() != here


def test_heads_that_are_not_those_of_the_backup_bring_the_former_state_back(made):
    told = made.manifest.heads
    rewrite(made.folder, heads=told | {"nhật ký": told["nhật ký"] | {"digest": "0" * 64}})
    Exemplar.objects.update(title="Trạng thái cũ")
    with pytest.raises(CommandError, match="Đầu các sổ sau khi khôi phục khác với bản sao lưu"):
        run("restore", made.folder, "--force")
    assert Exemplar.objects.get().title == "Trạng thái cũ"


def test_rows_that_are_not_those_of_the_backup_bring_the_former_state_back(made):
    rewrite(made.folder, counts=made.manifest.counts | {"organizations_unit": 1})
    Exemplar.objects.update(title="Trạng thái cũ")
    with pytest.raises(CommandError, match="Đã trả lại dữ liệu cũ"):
        run("restore", made.folder, "--force")
    assert Exemplar.objects.get().title == "Trạng thái cũ"


def test_two_backups_at_once_and_a_folder_that_cannot_be_written_are_told(filled, tmp_path):
    with making._alone_in(tmp_path / "b"), pytest.raises(CommandError, match="sao lưu khác đang chạy"):
        run("backup", tmp_path / "b")
    (tmp_path / "tep").touch()
    with pytest.raises(CommandError, match="Không ghi được vào thư mục"):
        run("backup", tmp_path / "tep" / "b")


def test_a_database_that_is_away_is_told_in_a_sentence_and_leaves_nothing(monkeypatch, tmp_path):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(making, "engine", away)
    with pytest.raises(CommandError, match=r"Chưa sao lưu được\. connection refused"):
        call_command("backup", str(tmp_path / "backups"))
    assert [path for path in (tmp_path / "backups").iterdir() if path.is_dir()] == []


def test_a_missing_program_of_postgresql_is_named(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BackupError, match="thiếu chương trình pg_dump: hãy cài gói postgresql-client"):
        postgres._program("pg_dump")


@pytest.fixture
def owned():
    """The address of an empty database whose owner is no superuser, as docs/operations.md makes it."""
    if connection.vendor != "postgresql":
        pytest.skip("owners are PostgreSQL's")
    name, secret = f"test_owned_{os.getpid()}", "chi-de-thu"
    there = connection.settings_dict
    ask = connection.cursor().execute
    ask("SET statement_timeout = 0")  # the server copies a whole database
    ask(f"CREATE ROLE {name} LOGIN PASSWORD '{secret}'")
    ask(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield f"postgres://{name}:{secret}@{there['HOST']}:{there['PORT'] or 5432}/{name}"
    finally:
        ask(f"DROP DATABASE {name} WITH (FORCE)")
        ask(f"DROP ROLE {name}")
        connection.close()


def test_an_owner_who_is_no_superuser_restores_into_an_empty_database_and_over_a_full_one(made, owned, tmp_path):
    """Extensions belong to the server's superuser: nothing may move them."""
    env = os.environ | {"DATABASE_URL": owned, "DATA_DIR": str(tmp_path / "other"), "PORTAL_ENV": "test"}
    for words in (["restore", str(made.folder)], ["restore", str(made.folder)], ["verify_audit"]):
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    ask = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE %s"
    with psycopg2.connect(owned) as there, there.cursor() as cursor:
        cursor.execute(ask, [f"{postgres.ASIDE}%"])
        assert cursor.fetchone() == (0,)
    there.close()


def test_keep_takes_a_whole_number(tmp_path):
    for wrong in ("0", "-1", "hai"):
        with pytest.raises(CommandError, match="từ 1 trở lên"):
            run("backup", tmp_path, "--keep", wrong)


# Killed in the middle


def own_process(tmp_path, *words):
    """Run manage.py against this run's test database and folders."""
    there = connection.settings_dict
    if connection.vendor == "postgresql":
        host = f"{there['HOST']}:{there['PORT'] or 5432}"
        address = f"postgres://{there['USER']}:{there['PASSWORD']}@{host}/{there['NAME']}"
    else:
        address = f"sqlite:///{there['NAME']}"
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {"DATABASE_URL": address, "DATA_DIR": str(tmp_path / "data"), "MEDIA_ROOT": str(tmp_path / "media")}
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, words)],
        cwd=ROOT,
        env=env | {"PORTAL_ENV": "local"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_once(process, sign, wait):
    """Kill a process a moment after a sign of its work is there; tell whether it was still at it."""
    until = time.monotonic() + 60
    while process.poll() is None and not sign() and time.monotonic() < until:
        time.sleep(0.002)
    with suppress(subprocess.TimeoutExpired):
        process.wait(wait)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    wait_for_orphans()
    return alive


def wait_for_orphans():
    """A psql whose parent was killed ends its transaction either way; only then can the state be judged."""
    until = time.monotonic() + 30
    while connection.vendor == "postgresql" and postgres.busy_with() and time.monotonic() < until:
        time.sleep(0.05)


def test_a_killed_backup_leaves_nothing_that_looks_complete(filled, tmp_path, full_run):
    place = tmp_path / "b"
    tries, killed = (12 if full_run else 3), 0
    for number in range(tries):
        process = own_process(tmp_path, "backup", place)
        killed += kill_once(process, lambda: list(place.glob(f"{making.HIDDEN}*")), number * 0.02)
        for folder in making.complete_backups(place):
            restoring.check_files(folder, read_manifest(folder))
    print(f"backup: {killed} of {tries} kills in the middle; complete ones left: {len(making.complete_backups(place))}")
    run("backup", place)
    assert list(place.glob(f"{making.HIDDEN}*")) == []


def test_a_killed_restore_leaves_the_old_or_the_new_state(made, tmp_path, full_run):
    new = state()
    tries, seen, killed = (12 if full_run else 3), [], 0
    for number in range(tries):
        Exemplar.objects.update(title="Trạng thái cũ")
        Attachment.objects.all().delete()
        for name in new[1]:
            (django_settings.MEDIA_ROOT / name).unlink(missing_ok=True)
        counts_of_old = state()[0]
        connection.close()
        process = own_process(tmp_path, "restore", made.folder, "--force")
        killed += kill_once(process, lambda: any(files_below(tmp_path / "media")), number * 0.05)
        counts, files = state()
        seen.append("new" if counts == new[0] else "old")
        assert counts in (new[0], counts_of_old)
        assert Exemplar.objects.filter(title="Trạng thái cũ").exists() == (counts == counts_of_old)
        if counts == new[0]:
            assert {name: files[name] for name in new[1]} == new[1]
    print(f"restore: {killed} of {tries} kills in the middle; states found: {seen}")
    run("restore", made.folder, "--force")
    assert state() == new
    assert json.loads((made.folder / MANIFEST).read_text(encoding="utf-8"))["counts"] == new[0]
