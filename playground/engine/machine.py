"""What this machine's processor offers the compiled kernels, for people who ask."""

import os
from importlib import import_module

from llvmlite import binding

from playground.engine.jit import numba

_NOTEWORTHY = {"avx2": "AVX2", "fma": "FMA", "avx512f": "AVX-512", "neon": "NEON", "sve": "SVE"}
_LAYERS = {"tbb": "tbbpool", "omp": "omppool", "workqueue": "workqueue"}


def processor() -> str:
    """The name that LLVM knows the processor by, and its vector instructions."""
    offered = binding.get_host_cpu_features()
    vectors = [label for name, label in _NOTEWORTHY.items() if offered.get(name)]
    return f"{binding.get_host_cpu_name()} ({', '.join(vectors) or 'no vector instructions'})"


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threading_layers() -> list[str]:
    """Numba's ways to run a kernel on several threads that can be loaded here, best first."""
    return [
        name for name, module in _LAYERS.items() if _loads(f"{numba.__name__}.np.ufunc.{module}")
    ]


def _loads(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:  # a system library is missing
        return False
    return True
