"""How wide the host's vectors are, and arrays that are laid out for them."""

import os
from typing import Any

import llvmlite.binding as llvm
import numpy as np

ALIGNMENT = 64


def host() -> tuple[str, str]:
    """The processor that kernels are compiled for, and its features, as LLVM names them.

    Numba's variables NUMBA_CPU_NAME and NUMBA_CPU_FEATURES take the place of what is found.
    """
    name = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    return name, llvm.get_host_cpu_features().flatten() if features is None else features


def host_features() -> frozenset[str]:
    """The instruction sets that kernels are compiled for ("avx2", "avx512f", "neon", …)."""
    return frozenset(name[1:] for name in host()[1].split(",") if name.startswith("+"))


def _vector_bytes() -> int:
    features = host_features()
    return 64 if "avx512f" in features else 32 if "avx" in features else 16


VECTOR_BYTES = _vector_bytes()


def lanes(dtype: Any) -> int:
    """How many numbers of this format a vector holds."""
    return VECTOR_BYTES // np.dtype(dtype).itemsize


def aligned(size: int, dtype: Any) -> np.ndarray:
    """A flat array of zeros that begins on a cache line."""
    dtype = np.dtype(dtype)
    room = np.zeros(size * dtype.itemsize + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + size * dtype.itemsize].view(dtype)
