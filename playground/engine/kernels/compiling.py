"""From Python functions to the machine code that `engine.machine_code` loads."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from numba import types
from numba.core.codegen import AOTCodeLibrary, JITCPUCodegen
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from playground.engine.kernels.jit import inner
from playground.engine.machine_code import MODULES, Code

Definitions = dict[str, tuple[Any, Callable[..., None]]]  # name: (argument types, function)


def compiled(library: str) -> dict[str, Code]:
    """Compile every kernel of a library for this processor.

    The module of the library defines them, for a number format: `definitions(precision)`, or
    `definitions()` where they are for one only.
    """
    name, _, precision = library.partition("-")
    module = importlib.import_module(MODULES[name])
    definitions: Definitions = module.definitions(*[precision] * bool(precision))
    with global_compiler_lock, _nothing_runs():
        return {name: _compiled(*each) for name, each in definitions.items()}


class _Emitting(JITCPUCodegen):
    """Makes object files, and nothing that could be called here."""

    _library_class = AOTCodeLibrary

    def _add_module(self, module: Any) -> None:
        """Into the engine that runs things; nothing is."""


@contextmanager
def _nothing_runs() -> Iterator[None]:
    """Meanwhile Numba makes machine code of no function by itself.

    It would of each inner one, which nobody calls before it stands in a kernel: a third of the
    time. What it would give back to call serves as a name, so any function of Python's will do.
    """
    context: Any = cpu_target.target_context
    running = context.codegen()
    context._internal_codegen = _Emitting("playground")
    context.get_executable = lambda *_: [].append
    try:
        yield
    finally:
        context._internal_codegen = running
        del context.get_executable


def _compiled(arguments: Any, function: Callable[..., None]) -> Code:
    dispatcher = inner(function)
    dispatcher.compile(tuple(arguments))
    result = dispatcher.overloads[tuple(arguments)]
    assert result.signature.return_type == types.none, f"{function.__name__} gives something back"
    kinds = [_kind(each) for each in arguments]
    return Code(result.fndesc.llvm_func_name, kinds, result.library.emit_native_object())


def _kind(argument: Any) -> str:
    if not isinstance(argument, types.CPointer):
        return argument.name
    pointed = argument.dtype
    return "int64*" if isinstance(pointed, types.BaseTuple) else f"{pointed.name}*"
