"""From Python functions to the machine code that `engine.machine_code` loads."""

import importlib
from collections.abc import Callable
from typing import Any

from numba import types

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
    return {name: _compiled(*each) for name, each in definitions.items()}


def _compiled(arguments: Any, function: Callable[..., None]) -> Code:
    dispatcher = inner(function)
    dispatcher.compile(tuple(arguments))
    result = dispatcher.overloads[tuple(arguments)]
    assert result.signature.return_type == types.none, f"{function.__name__} gives something back"
    library = result.library
    object_file = library._codegen._tm.emit_object(library._final_module)
    return Code(result.fndesc.llvm_func_name, [_kind(each) for each in arguments], object_file)


def _kind(argument: Any) -> str:
    if not isinstance(argument, types.CPointer):
        return argument.name
    pointed = argument.dtype
    return "int64*" if isinstance(pointed, types.BaseTuple) else f"{pointed.name}*"
