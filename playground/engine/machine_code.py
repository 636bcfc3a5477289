"""Kernels as machine code: compiled once for this processor, and loaded from then on without Numba.

A library is some kernels that are compiled together, and kept in one file of the cache folder. Each
is a function as Numba lays it out: it is given the places of its result (there is none) and of an
exception, then whole numbers, floating-point numbers and pointers; it gives 0 when all is well. To
load a library takes some milliseconds, where importing Numba alone takes two tenths of a second.
"""

import ctypes
import functools
import hashlib
import importlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from llvmlite import binding

from playground.engine import cache
from playground.engine.vectors import host

MODULES = {
    "training": "playground.engine.kernels.training",
    "loops": "playground.engine.kernels.scalar",
    "edges": "playground.engine.kernels.edges",
    "boundaries": "playground.engine.kernels.boundaries",
    "peak": "playground.engine.kernels.peak",
}
YIELD = "playground_yield"  # offers the processor to other threads


class Code(NamedTuple):
    """A compiled kernel, and what it is called in its object file.

    kinds: what it is given, each "int64", "float64", or a number format with a star for a pointer.
    """

    symbol: str
    kinds: list[str]
    object_file: bytes


class Kernel:
    """A compiled function that can be called; Python's lock is free meanwhile."""

    def __init__(self, engine: Any, code: Code) -> None:
        self._engine = engine  # the machine code lives as long
        self.address = engine.get_function_address(code.symbol)
        self._formats = [np.dtype(kind[:-1]) if "*" in kind else None for kind in code.kinds]
        kinds = [_KINDS.get(kind, ctypes.c_void_p) for kind in code.kinds]
        places = (ctypes.c_void_p, ctypes.c_void_p)
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32, *places, *kinds)(self.address)
        self._places = ((ctypes.c_void_p * 1)(), (ctypes.c_void_p * 1)())

    def __call__(self, *arguments: Any) -> None:
        """For a pointer is given a contiguous array of that number format, or an address."""
        self.given(*arguments)()

    def given(self, *arguments: Any) -> Callable[..., None]:
        """The kernel with its first arguments, for calls with the others."""
        first = self._passed(arguments, self._formats)
        others = self._formats[len(arguments) :]

        def call(*rest: Any) -> None:
            assert arguments is not None  # the arrays live as long
            if self._function(*self._places, *first, *self._passed(rest, others)):
                raise RuntimeError("a compiled kernel has failed")

        return call

    @staticmethod
    def _passed(arguments: Sequence[Any], formats: Sequence[np.dtype | None]) -> list[Any]:
        """Arrays as the addresses of their first elements."""
        found = []
        for given, number in zip(arguments, formats, strict=False):
            if isinstance(given, np.ndarray):
                if given.dtype != number or not given.flags.c_contiguous:
                    raise TypeError(f"a kernel needs {number}, side by side, not {given.dtype}")
                given = given.ctypes.data
            found.append(given)
        return found


_KINDS = {"int64": ctypes.c_int64, "float64": ctypes.c_double}


def addresses(arrays: Iterable[np.ndarray | int]) -> np.ndarray:
    """Arrays, and whole numbers among them, as kernels are given a named tuple of them: where each
    begins. The arrays must live as long as this is used.
    """
    places = (each if isinstance(each, int) else each.ctypes.data for each in arrays)
    return np.fromiter(places, np.int64)


@functools.cache
def library(name: str) -> Mapping[str, Kernel]:
    """The kernels of a library by name, loaded or else compiled.

    name: one of MODULES; with "-float32" or "-float64" behind it where it is made for both.
    """
    codes = _read(name)
    _prepare()
    if codes is None:
        compiled: Callable[[str], dict[str, Code]]
        compiled = importlib.import_module("playground.engine.kernels.compiling").compiled
        codes = compiled(name)
        cache.write(name, _packed(codes))
    return {each: Kernel(_linked(code.object_file), code) for each, code in codes.items()}


def _packed(codes: Mapping[str, Code]) -> bytes:
    """A line that says what follows, and the object files; before both, their digest."""
    about = [(name, code.symbol, code.kinds, len(code.object_file)) for name, code in codes.items()]
    objects = (code.object_file for code in codes.values())
    content = b"".join([json.dumps(about).encode(), b"\n", *objects])
    return hashlib.sha256(content).digest() + content


def _read(name: str) -> dict[str, Code] | None:
    """What is kept of a library; None where nothing is, or where it is damaged."""
    packed = cache.read(name) or b""
    digest, content = packed[:32], packed[32:]
    if not content or hashlib.sha256(content).digest() != digest:
        return None
    line, _, objects = content.partition(b"\n")
    codes, start = {}, 0
    for each, symbol, kinds, size in json.loads(line):
        codes[each] = Code(symbol, kinds, objects[start : start + size])
        start += size
    return codes


def _linked(object_file: bytes) -> Any:
    """An engine that holds an object file, in working order.

    Each has one of its own: what two of them hold may have the same name.
    """
    processor, features = host()
    machine = binding.Target.from_triple(binding.get_process_triple()).create_target_machine(
        cpu=processor, features=features, codemodel="jitdefault", jit=True
    )
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
    engine.add_object_file(binding.ObjectFileRef.from_data(object_file))
    engine.finalize_object()
    return engine


@functools.cache
def _prepare() -> None:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    if sys.platform == "win32":
        give_way = ctypes.windll.kernel32.SwitchToThread  # type: ignore[attr-defined]
    else:
        give_way = ctypes.CDLL(None).sched_yield
    binding.add_symbol(YIELD, ctypes.cast(give_way, ctypes.c_void_p).value)
