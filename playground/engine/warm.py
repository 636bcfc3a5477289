"""Compile the kernels into the disk cache: `python -m playground.engine.warm [float64]`.

Compiling holds Python's global lock, so the window has a process of its own do it, once per
machine.
"""

import sys

from playground.engine import cache


def compile_kernels(precision: str) -> None:
    """Load or compile everything that the window and a training in this number format need."""
    from playground.engine import contour, kernels, raster  # noqa: F401

    kernels.compiled(precision)
    cache.mark_complete(precision)


if __name__ == "__main__":
    compile_kernels(*sys.argv[1:] or ["float32"])
