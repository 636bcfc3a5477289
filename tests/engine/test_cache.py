"""The folder of compiled kernels keeps to itself."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from playground.engine import cache, warm


def test_only_old_folders_of_its_own_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    monkeypatch.setenv("NUMBA_CACHE_DIR", os.environ.get("NUMBA_CACHE_DIR", ""))
    foreign, fresh, old = (tmp_path / f"kernels-{name}" for name in ("mine", "fresh", "old"))
    for each in (foreign, fresh, old):
        each.mkdir()
        (each / "file").touch()
    (fresh / cache.USED).touch()
    (old / cache.USED).touch()
    long_ago = time.time() - 2 * cache.MONTH
    os.utime(old / cache.USED, (long_ago, long_ago))
    assert cache.prepare() == cache.folder()
    assert sorted(tmp_path.iterdir()) == sorted([foreign, fresh, cache.folder()])
    assert not cache.is_complete("float32")


def test_a_folder_that_cannot_be_made_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path / "file"))
    assert cache.prepare() is None


def test_a_start_with_compiled_kernels_does_without_numba() -> None:
    warm.compile_kernels("float32")
    code = (
        "import sys; from playground import Experiment, Trainer; "
        "Trainer(Experiment.example('moons')).advance(steps=1); print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("variable", ["NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"])
def test_code_for_another_processor_lies_in_another_folder(variable: str) -> None:
    show = "from playground.engine import cache; print(cache.folder().name)"
    command = [sys.executable, "-c", show]
    plain, other = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        for environment in (os.environ, os.environ | {variable: "generic"})
    )
    assert plain == f"{cache.folder().name}\n" != other
