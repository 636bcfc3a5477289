"""Where the ranks of a team meet, and how they share out work as it comes."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from playground.engine.kernels.jit import intrinsic
from playground.engine.kernels.simd import data_of
from playground.engine.machine_code import YIELD
from playground.engine.team import CLAIMED, DONE, NUMBER

SPINS = 4000  # looks at the barrier before the processor is offered to others


@intrinsic
def meet(typing_context, meeting, ranks):
    """Wait until all ranks are here; what each wrote before, every other sees after it.

    meeting: (32,) int64, zero at first: how many have arrived, and which meeting this is.
    """
    return types.void(meeting, types.intp), _generate_meeting


@intrinsic
def claim(typing_context, meeting):
    """The next of the pieces of work 0, 1, 2, … that no rank has claimed yet."""

    def generate(context, builder, signature, arguments):
        data = data_of(context, builder, signature.args[0], arguments[0])
        word = context.get_value_type(types.intp)
        return builder.atomic_rmw("add", builder.gep(data, [word(CLAIMED)]), word(1), "monotonic")

    return types.intp(meeting), generate


@intrinsic
def finish(typing_context, meeting):
    """Tell that a claimed piece of work is done; what was written for it can be seen then."""

    def generate(context, builder, signature, arguments):
        data = data_of(context, builder, signature.args[0], arguments[0])
        word = context.get_value_type(types.intp)
        builder.atomic_rmw("add", builder.gep(data, [word(DONE)]), word(1), "release")
        return context.get_dummy_value()

    return types.void(meeting), generate


@intrinsic
def await_all(typing_context, meeting, pieces):
    """Wait until so many pieces of work are done, by whichever rank."""

    def generate(context, builder, signature, arguments):
        data = data_of(context, builder, signature.args[0], arguments[0])
        done = builder.gep(data, [context.get_value_type(types.intp)(DONE)])
        _generate_wait(builder, done, lambda so_far: builder.icmp_signed("<", so_far, arguments[1]))
        return context.get_dummy_value()

    return types.void(meeting, types.intp), generate


def _generate_meeting(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    word = context.get_value_type(types.intp)
    data = data_of(context, builder, signature.args[0], arguments[0])
    arrived, number = data, builder.gep(data, [word(NUMBER)])
    here = builder.load_atomic(number, "acquire", 8)
    before = builder.atomic_rmw("add", arrived, word(1), "acq_rel")
    is_last = builder.icmp_signed("==", builder.add(before, word(1)), arguments[1])
    with builder.if_else(is_last) as (last, others):
        with last:
            builder.store_atomic(word(0), arrived, "monotonic", 8)
            builder.store_atomic(builder.add(here, word(1)), number, "release", 8)
        with others:
            _generate_wait(builder, number, lambda now: builder.icmp_signed("==", now, here))
    return context.get_dummy_value()


def _generate_wait(builder: Any, place: Any, goes_on: Callable[[Any], Any]) -> None:
    """Wait as long as the number at a place is one for which it goes on."""
    word = ir.IntType(64)
    looks = cgutils.alloca_once_value(builder, word(0))
    loop, patient, done = (
        builder.append_basic_block(name) for name in ("waiting", "patient", "met")
    )
    builder.branch(loop)
    builder.position_at_end(loop)
    count = builder.add(builder.load(looks), word(1))
    builder.store(count, looks)
    builder.cbranch(goes_on(builder.load_atomic(place, "acquire", 8)), patient, done)
    builder.position_at_end(patient)
    with builder.if_then(builder.icmp_signed(">", count, word(SPINS))):
        give_way = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.IntType(32), []), YIELD
        )
        builder.call(give_way, [])
    builder.branch(loop)
    builder.position_at_end(done)
