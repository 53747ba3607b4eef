"""Exports from the command line, by a worker in a process of its own; one that is killed is continued."""

from __future__ import annotations

import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from config import BASE_DIR
from delivery.archive import stream
from delivery.management.commands.export_pictures import fetch
from delivery.models import Export
from delivery.targets import Target
from jobs.states import State
from tests.exporting import assert_agrees, files_in, make_approved, work_on
from tests.factories import make_expert, make_user
from tests.faults.worker import consumer, wait_until


def agree(file: Path, count: int) -> None:
    with zipfile.ZipFile(file) as archive:
        assert_agrees({name: archive.read(name) for name in archive.namelist()}, count)


@pytest.fixture
def done(db: None) -> Export:
    owner = make_user()
    make_approved(3, owner)
    return work_on(Export.objects.start(owner))


def test_a_file_that_broke_off_is_continued(done: Export, tmp_path: Path) -> None:
    whole = b"".join(stream(done))
    file = tmp_path / "stock.zip"
    part = tmp_path / f"stock.zip.{done.pk}.part"
    part.write_bytes(whole[:1000])
    fetch(done, file)
    assert file.read_bytes() == whole
    assert not part.exists()


def test_a_full_disk_leaves_no_file(done: Export, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(CommandError, match="cannot be written"):
            fetch(done, folder / "stock.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files_in(folder) == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"owner": "nobody"}, "no user"),
        ({"topic": "none"}, "no topic"),
        ({"since": "none"}, "no export none"),
        ({"longest_side": 3}, "256"),
    ],
)
def test_wrong_options_are_said(
    done: Export, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    options = {"owner": done.owner.username, "zip": tmp_path / "a.zip", "no_worker": True, **options}
    with pytest.raises(CommandError, match=message):
        call_command("export_pictures", **options)
    assert Export.objects.count() == 1


def test_an_expert_is_refused(done: Export, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="roles"):
        call_command("export_pictures", owner=make_expert().username, zip=tmp_path / "a.zip", no_worker=True)


def test_another_persons_export_cannot_be_fetched(done: Export, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="has no export"):
        call_command(
            "export_pictures",
            owner=make_user().username,
            zip=tmp_path / "a.zip",
            resume=done.pk,
            no_worker=True,
        )


def test_nothing_new_is_no_error(done: Export, tmp_path: Path, capsys: Any) -> None:
    owner = done.owner.username
    call_command("export_pictures", owner=owner, zip=tmp_path / "a.zip", since="last", no_worker=True)
    assert "Nothing is new." in capsys.readouterr().out
    assert Export.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_command_brings_a_worker_and_writes_what_is_new(
    subprocess_environment: dict[str, str], tmp_path: Path
) -> None:
    owner = make_user()
    make_approved(3, owner)

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", "export_pictures", "--owner", owner.username, *arguments]
        done = subprocess.run(
            command, cwd=BASE_DIR, env={**subprocess_environment, "DATA_DIR": str(tmp_path / "var")},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("--zip", str(tmp_path / "first.zip"))
    agree(tmp_path / "first.zip", 3)
    make_approved(2, owner)
    assert "2 pictures" in run("--zip", str(tmp_path / "second.zip"), "--since", "last")
    agree(tmp_path / "second.zip", 2)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_killed_in_the_middle_costs_nothing(
    subprocess_environment: dict[str, str], tmp_path: Path, settings: Any
) -> None:
    owner: User = make_user()
    make_approved(120, owner)
    folder = tmp_path / "exports"
    settings.EXPORT_FOLDER = str(folder)
    environment = {**subprocess_environment, "EXPORT_FOLDER": str(folder)}
    export = Export.objects.start(owner, target=Target.FOLDER)

    def current() -> Export:
        return Export.objects.get(pk=export.pk)

    with consumer(environment, tmp_path / "worker.log") as worker:
        wait_until(lambda: current().files > 0, 120, "the first part")
        worker.kill_all()
        assert current().state != State.DONE, "it was too quick to be killed"
        worker.restart()
        wait_until(lambda: current().is_final, 120, "the end")
    assert current().state == State.DONE, current().error
    assert_agrees(files_in(folder / export.title), 120)
