"""What this machine's processor offers the compiled kernels, for people who ask."""

import os
import sys

from llvmlite import binding

_NOTEWORTHY = {"avx2": "AVX2", "fma": "FMA", "avx512f": "AVX-512", "neon": "NEON", "sve": "SVE"}


def processor() -> str:
    """The name that LLVM knows the processor by, and its vector instructions."""
    offered = binding.get_host_cpu_features()
    vectors = [label for name, label in _NOTEWORTHY.items() if offered.get(name)]
    return f"{binding.get_host_cpu_name()} ({', '.join(vectors) or 'no vector instructions'})"


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> int:
    """Bytes of main memory; endless where the system does not say."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return sys.maxsize
