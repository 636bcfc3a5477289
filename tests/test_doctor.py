"""What the doctor finds, on this machine as it is."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from playground import doctor
from playground.cli.command import main

linux = pytest.mark.skipif(sys.platform != "linux", reason="Qt brings its libraries elsewhere")
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_doctor_tells_versions_processor_cache_and_window(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["doctor"]) == 0
    findings = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert findings["Python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert re.match(r"\d+\.\d+", findings["numba"])
    assert int(findings["Cores"]) >= 1
    assert {"Processor", "Threading", "Kernel", "Device", "Window"} <= findings.keys()


@linux
@pytest.mark.parametrize("plugin", ["offscreen", "xcb", "wayland"])
def test_missing_libraries_are_those_that_the_linker_misses(plugin: str) -> None:
    ldd = shutil.which("ldd")
    pyside = find_spec("PySide6")
    assert ldd
    assert pyside
    assert pyside.origin
    path = Path(pyside.origin).parent / f"Qt/plugins/platforms/libq{plugin}.so"
    listed = subprocess.run([ldd, path], capture_output=True, text=True, check=True).stdout
    missing = {line.split()[0] for line in listed.splitlines() if line.endswith("not found")}
    assert {library for library, _ in doctor.missing_qt_libraries(plugin)} == missing


@linux
def test_a_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert doctor.qt_sentence() is None
    monkeypatch.setitem(doctor.LIBRARIES["offscreen"], "libnowhere.so.9", "libnowhere9")
    assert doctor.missing_qt_libraries("offscreen") == [("libnowhere.so.9", "libnowhere9")]
    sentence = doctor.qt_sentence()
    assert sentence
    assert "libnowhere.so.9" in sentence
    assert "sudo apt install libnowhere9" in sentence


@linux
def test_no_display_is_said_before_qt_would_abort(no_display: pytest.MonkeyPatch) -> None:
    sentence = doctor.qt_sentence()
    assert sentence
    assert "no display" in sentence
    no_display.setenv("DISPLAY", ":7777")  # none answers there
    assert doctor.qt_platforms() == ["xcb"]
    assert doctor.qt_sentence()


def test_the_chosen_platform_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland:scale=2;offscreen")
    assert doctor.qt_platforms() == ["wayland", "offscreen"]


def test_a_cache_folder_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path / "file"))
    assert main(["doctor"]) == 0
    assert "cannot be written" in capsys.readouterr().out
