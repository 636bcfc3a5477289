"""Functions that kernels call by their addresses.

Numba compiles what a function calls into it, once more at every level of calls. What is large, and
used in several places (the catalogues' loops, the products), is therefore compiled once, in the
library "loops"; kernels find its addresses in their plan.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from playground.engine.kernels.jit import intrinsic
from playground.engine.kernels.simd import data_of

# Places among the addresses, in the order of the library "loops"
ACTIVATE, BACKPROPAGATE, COMPARE, UPDATE, EXPONENTIAL, LOGARITHM = range(6)
PRODUCT, TRANSPOSE, PRODUCTS_OF_ROWS, ROW_SUMS = range(6, 10)
ADDRESSES = 10


@intrinsic
def call(typing_context, addresses, place, arguments):
    """Call the function whose address stands at `place` with a tuple of int64, float64, arrays (as
    pointers to their first elements) and tuples of these (element by element).
    """

    def generate(context, builder, signature, given):
        values = _flat(context, builder, signature.args[2], given[2])
        place = ir.IntType(8).as_pointer()  # of its result, and of an exception: there are none
        values = [cgutils.alloca_once(builder, place), cgutils.alloca_once(builder, place), *values]
        kinds = ir.FunctionType(ir.IntType(32), [value.type for value in values])
        first = data_of(context, builder, signature.args[0], given[0])
        address = builder.load(builder.gep(first, [given[1]]))
        builder.call(builder.inttoptr(address, kinds.as_pointer()), values)
        return context.get_dummy_value()

    return types.void(addresses, types.intp, arguments), generate


def _flat(context: Any, builder: Any, kind: Any, value: Any) -> list[Any]:
    if isinstance(kind, types.BaseTuple):
        kinds: Any = kind
        parts = cgutils.unpack_tuple(builder, value, len(kind))
        return [
            each
            for part in zip(kinds, parts, strict=True)
            for each in _flat(context, builder, *part)
        ]
    return [data_of(context, builder, kind, value) if isinstance(kind, types.Array) else value]
