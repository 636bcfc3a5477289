"""Where compiled kernels are kept between runs.

The folder's name carries a hash of every source the kernels are made from, of the versions that
compiled them and of the processor they were compiled for: what lies in it fits, or is damaged.
"""

import functools
import hashlib
import importlib.util
import os
import platform
import shutil
import sys
import time
from pathlib import Path

import platformdirs

USED = "neural-playground-used"  # touched at every start
MONTH = 30 * 24 * 3600.0


def folder() -> Path:
    """This version's cache folder (it may not exist yet)."""
    root = os.environ.get("PLAYGROUND_CACHE") or platformdirs.user_cache_dir("neural-playground")
    return Path(root) / f"kernels-{_digest()}"


@functools.cache
def _digest() -> str:
    from playground.engine import vectors  # loads LLVM

    made = (
        _version("numba"),
        _version("llvmlite"),
        sys.implementation.cache_tag,
        platform.machine(),
        *vectors.host(),
    )
    digest = hashlib.sha256(repr(made).encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _version(package: str) -> str:
    """What tells a version from others: the file that says it, where there is one.

    To load Python's own way to versions takes a tenth of a start.
    """
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        said = Path(spec.origin).with_name("_version.py")
        if said.exists():
            return said.read_text("utf-8")
    from importlib.metadata import version

    return version(package)


def prepare() -> Path | None:
    """Make the cache folder; None when no folder can be written.

    Folders of other versions that were not used for a month are removed.
    """
    chosen = folder()
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        (chosen / USED).touch()
    except OSError:
        return None
    for mark in chosen.parent.glob(f"kernels-*/{USED}"):
        if mark.stat().st_mtime < time.time() - MONTH:
            shutil.rmtree(mark.parent, ignore_errors=True)
    return chosen


def is_complete(precision: str = "float32") -> bool:
    """Whether every kernel for this number format was compiled before, and all that draws."""
    return all((folder() / name).exists() for name in libraries(precision))


def libraries(precision: str) -> list[str]:
    """The libraries of `machine_code` that the window and a training in a number format need."""
    return [f"training-{precision}", f"loops-{precision}", "edges", "boundaries"]


def read(name: str) -> bytes | None:
    """A file of the folder; None where there is none."""
    try:
        return (prepare() or folder()).joinpath(name).read_bytes()
    except OSError:
        return None


def write(name: str, content: bytes) -> None:
    """Keep a file in the folder, whole or not at all; without a folder, nothing is kept."""
    if (chosen := prepare()) is None:
        return
    unfinished = chosen / f"{name}.{os.getpid()}"
    try:
        unfinished.write_bytes(content)
        unfinished.replace(chosen / name)
    except OSError:
        unfinished.unlink(missing_ok=True)
