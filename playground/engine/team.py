"""Threads that work on one thing together, and the barrier at which their kernels meet.

Kernels hold no lock of Python's, so plain Python threads run them side by side, and no threading
layer is needed. Each is told its rank and how many there are; where one needs what another has
computed, they meet at a barrier, spinning for the microsecond that this takes.
"""

import ctypes
import functools
import sys
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from time import perf_counter
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils

from playground.engine.jit import intrinsic, kernel
from playground.engine.simd import data_of

SPINS = 4000  # looks at the barrier before the processor is offered to others
NUMBER, CLAIMED = 8, 16  # places in a meeting, on cache lines of their own
YIELD = "playground_yield"
_MEASURED = 1000
_REPEATS = 7

if sys.platform == "win32":
    _yield = ctypes.windll.kernel32.SwitchToThread  # type: ignore[attr-defined]
else:
    _yield = ctypes.CDLL(None).sched_yield
binding.add_symbol(YIELD, ctypes.cast(_yield, ctypes.c_void_p).value)


@intrinsic
def meet(typing_context, meeting, ranks):
    """Wait until all ranks are here; what each wrote before, every other sees after it.

    meeting: (24,) int64, zero at first: how many have arrived, and which meeting this is.
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


def _generate_meeting(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    word = context.get_value_type(types.intp)
    data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    arrived, number = data, builder.gep(data, [word(NUMBER)])
    here = builder.load_atomic(number, "acquire", 8)
    before = builder.atomic_rmw("add", arrived, word(1), "acq_rel")
    is_last = builder.icmp_signed("==", builder.add(before, word(1)), arguments[1])
    with builder.if_else(is_last) as (last, others):
        with last:
            builder.store_atomic(word(0), arrived, "monotonic", 8)
            builder.store_atomic(builder.add(here, word(1)), number, "release", 8)
        with others:
            _generate_wait(builder, number, here)
    return context.get_dummy_value()


def _generate_wait(builder: Any, number: Any, here: Any) -> None:
    word = here.type
    looks = cgutils.alloca_once_value(builder, word(0))
    loop, patient, done = (
        builder.append_basic_block(name) for name in ("waiting", "patient", "met")
    )
    builder.branch(loop)
    builder.position_at_end(loop)
    count = builder.add(builder.load(looks), word(1))
    builder.store(count, looks)
    unmet = builder.icmp_signed("==", builder.load_atomic(number, "acquire", 8), here)
    builder.cbranch(unmet, patient, done)
    builder.position_at_end(patient)
    with builder.if_then(builder.icmp_signed(">", count, word(SPINS))):
        give_way = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.IntType(32), []), YIELD
        )
        builder.call(give_way, [])
    builder.branch(loop)
    builder.position_at_end(done)


def _meet_often(meeting, ranks, times):
    for _ in range(times):
        meet(meeting, ranks)


class Team:
    """Some threads that run a kernel together: the caller's, and others of its own.

    They end with the team.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._meeting = np.zeros(24, np.int64)
        self._orders: list[SimpleQueue[Any]] = [SimpleQueue() for _ in range(threads - 1)]
        self._done: SimpleQueue[BaseException | None] = SimpleQueue()
        for orders in self._orders:
            threading.Thread(target=_obey, args=(orders, self._done), daemon=True).start()
        weakref.finalize(self, _dismiss, self._orders)

    def run(self, function: Callable[[np.ndarray, int, int], Any], ranks: int) -> Any:
        """function(meeting, rank, ranks) for each rank at the same time; what rank 0 returns."""
        others = self._orders[: ranks - 1]
        self._meeting[CLAIMED] = 0
        for rank, orders in enumerate(others, start=1):
            orders.put((function, (self._meeting, rank, ranks)))
        result = function(self._meeting, 0, ranks)
        failures = [self._done.get() for _ in others]
        for failure in failures:
            if failure is not None:
                raise failure
        return result

    @functools.cached_property
    def meeting_seconds(self) -> float:
        """How long it takes this team to meet, measured once."""
        if self.threads == 1:
            return 0.0
        often = kernel(types.void(types.Array(types.int64, 1, "C"), types.intp, types.intp))(
            _meet_often
        )
        return self._timed(lambda meeting, _, ranks: often(meeting, ranks, _MEASURED)) / _MEASURED

    @functools.cached_property
    def call_seconds(self) -> float:
        """How long it takes to call this team together, measured once."""
        return self._timed(lambda *_: None)

    def _timed(self, function: Callable[[np.ndarray, int, int], Any]) -> float:
        times = []
        for _ in range(_REPEATS):
            begin = perf_counter()
            self.run(function, self.threads)
            times.append(perf_counter() - begin)
        return min(times)


def _obey(orders: "SimpleQueue[Any]", done: "SimpleQueue[BaseException | None]") -> None:
    while (order := orders.get()) is not None:
        function, arguments = order
        try:
            function(*arguments)
        except BaseException as error:
            done.put(error)
        else:
            done.put(None)
        del order, function, arguments


def _dismiss(orders: "list[SimpleQueue[Any]]") -> None:
    for each in orders:
        each.put(None)
