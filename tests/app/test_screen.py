"""The real window on a virtual screen, under real keys and clicks."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

NEEDED = ("Xvfb", "xdotool")
MINUTES = 6  # with kernels to compile
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"needs {' and '.join(NEEDED)}"
)


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen; its X server chooses a number that is free."""
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1500x950x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL)
    os.close(writes)
    with os.fdopen(reads) as said:
        number = said.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def test_the_first_minutes_with_the_window(display: str, tmp_path: Path) -> None:
    here = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    here |= {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    story = Path(__file__).with_name("on_screen.py")
    done = subprocess.run(
        [sys.executable, story],
        env=os.environ | here,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60 * MINUTES,
    )
    assert done.returncode == 0, done.stdout
