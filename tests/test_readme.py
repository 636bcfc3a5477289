"""What the README says is so."""

import re
from pathlib import Path

import pytest

from playground.cli.command import COMMANDS
from playground.doctor import LIBRARIES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_file_and_folder_it_names_is_there() -> None:
    named = re.findall(r"`([\w./-]+(?:/|\.py|\.md|\.json))`|\]\(([\w./-]+)\)", README)
    paths = [code or link for code, link in named]
    assert len(paths) > 20
    places = (ROOT, ROOT / "playground")
    assert not [path for path in paths if not any((place / path).exists() for place in places)]


def test_the_two_commands_stand_as_they_are_promised() -> None:
    lines = README.splitlines()
    assert "python -m pip install -e . && python -m playground" in lines
    assert 'python -m pip install -e ".[test]" && python -m pytest' in lines


def test_its_debian_packages_are_those_of_the_doctor() -> None:
    named = re.findall(r"^sudo apt install (.*)$", README, re.MULTILINE)
    assert [set(line.split()) for line in named] == [set(LIBRARIES["offscreen"].values())]


def test_every_command_is_shown() -> None:
    assert all(f"\nplayground {name}" in README for name in COMMANDS)


def test_the_python_lines_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(block, {})
    assert "accuracy" in capsys.readouterr().out
    assert (tmp_path / "spiral.safetensors").exists()
