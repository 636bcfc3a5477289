"""Compile the kernels into the disk cache: `python -m playground.engine.warm [float64]`.

Compiling holds Python's global lock, so the window has a process of its own do it, once per
machine; and the half of it, which is as long as the rest, is done by one more.
"""

import subprocess
import sys

from playground.engine import cache
from playground.engine.machine_code import library

HALF = "half"


def compile_kernels(precision: str) -> None:
    """Load or compile everything that the window and a training in this number format need."""
    first, *others = cache.libraries(precision)
    helper = None
    if not cache.is_complete(precision) and cache.prepare():
        command = [sys.executable, "-m", "playground.engine.warm", precision, HALF]
        none = subprocess.DEVNULL
        helper = subprocess.Popen(command, stdin=none, stdout=none, stderr=none)
    library(first)
    if helper is not None:
        helper.wait()
    for name in others:  # from the cache; and here, where the other process has failed
        library(name)


def compile_half(precision: str) -> None:
    """What the kernels call by address, and what draws."""
    for name in cache.libraries(precision)[1:]:
        library(name)


if __name__ == "__main__":
    named = sys.argv[1:]
    if HALF in named:
        compile_half(named[0])
    else:
        compile_kernels(*named or ["float32"])
