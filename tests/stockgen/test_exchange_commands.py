"""Export and import from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from stockgen.exchange.writing import export_studio
from stockgen.models import PromptAddition, Reason, Topic
from stockgen.seed import seed
from tests.factories import make_topic

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_file_is_written_and_read_back(tmp_path: Path) -> None:
    seed()
    PromptAddition.objects.all().delete()
    file = tmp_path / "studio.toml"
    call_command("export_studio", str(file))
    assert file.read_bytes() == export_studio().encode()
    Topic.objects.filter(key="food").delete()
    Reason.objects.filter(key="blurred").update(name="Unsharp")
    assert "+ topic food\n~ reason blurred: name\n1 would be added, 1 would be changed" in said(
        "import_studio", str(file), "--dry-run"
    )
    assert not Topic.objects.filter(key="food").exists()
    assert "1 added, 1 changed" in said("import_studio", str(file))
    assert Topic.objects.filter(key="food").exists()


def test_a_hyphen_writes_to_the_standard_output() -> None:
    make_topic(name="Offices")
    assert said("export_studio", "-") == export_studio()


def test_faults_are_said_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "studio.toml"
    file.write_text('format = 1\n[[topic]]\nkey = "a b"\nname = ""\n')
    with pytest.raises(CommandError) as caught:
        call_command("import_studio", str(file))
    lines = str(caught.value).splitlines()
    assert [line.rpartition(": “")[0] for line in lines[:2]] == [f"{file}:3", f"{file}:4"]
    assert lines[-1] == "Nothing was changed."
    assert not Topic.objects.exists()


@pytest.mark.parametrize("command", ["import_studio", "export_studio"])
def test_a_file_that_is_out_of_reach_is_named(command: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no/where"):
        call_command(command, str(tmp_path / "no" / "where"))
