"""Where compiled kernels are kept between runs; set before Numba is imported.

Numba does not notice when a function that a kernel calls changes in another file, so the folder's
name carries a hash of every source the kernels are made from, and of Numba's version.
"""

import hashlib
import importlib.metadata
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
    host = importlib.metadata.version("numba"), sys.implementation.cache_tag, platform.machine()
    digest = hashlib.sha256(repr(host).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + source.read_bytes())
    root = os.environ.get("PLAYGROUND_CACHE") or platformdirs.user_cache_dir("neural-playground")
    return Path(root) / f"kernels-{digest.hexdigest()[:16]}"


def prepare() -> Path | None:
    """Make the cache folder and point Numba to it; None when no folder can be written.

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
    os.environ["NUMBA_CACHE_DIR"] = str(chosen)
    return chosen


def is_complete(precision: str = "float32") -> bool:
    """Whether every kernel for this number format was compiled into the folder before."""
    return (folder() / f"complete-{precision}").exists()


def mark_complete(precision: str) -> None:
    """Say that every kernel for this number format is in the folder now."""
    if folder().is_dir():
        (folder() / f"complete-{precision}").touch()


def forget(kernel: str) -> None:
    """Remove what is kept of one kernel: a file of it could not be read."""
    for file in folder().rglob(f"*.{kernel}-*"):
        file.unlink(missing_ok=True)
