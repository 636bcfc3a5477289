"""Numbers too small to be normal, taken as zero while a kernel runs.

Near the end of a training, squared gradients fall below 1e-38. Processors take about a hundred
cycles for each operation on such a number; an Adam step of a converged network became four times as
slow.
"""

import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from playground.engine.kernels.jit import intrinsic

_WORD = ir.IntType(32)
_BYTES = ir.IntType(8).as_pointer()
# Flush results to zero, and take operands as zero
_X86_BITS = 0x8040
_ARM_BITS = 1 << 24


@intrinsic
def flush_subnormals(typing_context):
    """Switch this thread to zeros instead of subnormal numbers; returns the mode it had."""
    return types.int64(), _flush


@intrinsic
def restore_mode(typing_context, mode):
    """Switch this thread back to the mode that `flush_subnormals` returned."""
    return types.void(types.int64), _restore


def _flush(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    long = ir.IntType(64)
    if platform.machine().lower() in ("x86_64", "amd64"):
        held = _x86_mode(builder)
        mode = builder.zext(builder.load(held), long)
        _set_x86_mode(builder, held, builder.or_(builder.load(held), _WORD(_X86_BITS)))
        return mode
    if platform.machine().lower() in ("arm64", "aarch64"):
        get = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(long, []), "llvm.aarch64.get.fpcr"
        )
        mode = builder.call(get, [])
        _set_arm_mode(builder, builder.or_(mode, long(_ARM_BITS)))
        return mode
    return long(0)


def _restore(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    if platform.machine().lower() in ("x86_64", "amd64"):
        _set_x86_mode(builder, _x86_mode(builder), builder.trunc(arguments[0], _WORD))
    elif platform.machine().lower() in ("arm64", "aarch64"):
        _set_arm_mode(builder, arguments[0])
    return context.get_dummy_value()


def _x86_mode(builder: Any) -> Any:
    """A place on the stack that holds the control register."""
    held = cgutils.alloca_once(builder, _WORD)
    read = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(ir.VoidType(), [_BYTES]), "llvm.x86.sse.stmxcsr"
    )
    builder.call(read, [builder.bitcast(held, _BYTES)])
    return held


def _set_x86_mode(builder: Any, held: Any, mode: Any) -> None:
    builder.store(mode, held)
    write = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(ir.VoidType(), [_BYTES]), "llvm.x86.sse.ldmxcsr"
    )
    builder.call(write, [builder.bitcast(held, _BYTES)])


def _set_arm_mode(builder: Any, mode: Any) -> None:
    write = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(ir.VoidType(), [mode.type]), "llvm.aarch64.set.fpcr"
    )
    builder.call(write, [mode])
