"""Arrays and pointers inside kernels, and vectors of LLVM's to compute with."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from playground.engine.kernels.jit import intrinsic
from playground.engine.vectors import VECTOR_BYTES

CONTRACT = ("contract",)


@intrinsic
def span(typing_context, values, start, length):
    """values[start : start + length] of a flat array or a pointer, without bounds checks or
    reference counting.
    """
    kind = types.Array(values.dtype, 1, "C")

    def generate(context, builder, signature, arguments):
        part = context.make_array(kind)(context, builder)
        size = context.get_constant(types.intp, kind.dtype.bitwidth // 8)
        data = data_of(context, builder, signature.args[0], arguments[0])
        context.populate_array(
            part,
            data=builder.gep(data, [arguments[1]]),
            shape=cgutils.pack_array(builder, [arguments[2]]),
            strides=cgutils.pack_array(builder, [size]),
            itemsize=size,
            meminfo=None,
        )
        return part._getvalue()

    return kind(values, types.intp, types.intp), generate


@intrinsic
def shaped(typing_context, pointer, shape):
    """The array of this shape, in rows, that begins at a pointer."""
    kind = types.Array(pointer.dtype, len(shape), "C")

    def generate(context, builder, signature, arguments):
        array = context.make_array(kind)(context, builder)
        lengths = cgutils.unpack_tuple(builder, arguments[1])
        size = context.get_constant(types.intp, kind.dtype.bitwidth // 8)
        strides = [size]
        for length in reversed(lengths[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        context.populate_array(
            array, data=arguments[0], shape=lengths, strides=strides, itemsize=size, meminfo=None
        )
        return array._getvalue()

    return kind(pointer, shape), generate


def data_of(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Where the numbers of an array, or of a pointer, begin."""
    if isinstance(kind, types.CPointer):
        return value
    return context.make_array(kind)(context, builder, value).data


class Tile:
    """LLVM values shared by the generators below: typed pointers into flat arrays, loads and
    stores.
    """

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.context, self.builder = context, builder
        arrays = (types.Array, types.CPointer)
        number = next(each for each in signature.args if isinstance(each, arrays)).dtype
        self.number = context.get_value_type(number)
        self.size = number.bitwidth // 8
        self.lanes = VECTOR_BYTES // self.size
        self.vector = ir.VectorType(self.number, self.lanes)
        self.kinds, self.arguments = signature.args, arguments

    def pointer(self, array: int, offset: Any) -> Any:
        """The address of element `offset` of the array or pointer that is argument `array`."""
        kind, value = self.kinds[array], self.arguments[array]
        return self.builder.gep(data_of(self.context, self.builder, kind, value), [offset])

    def load(self, pointer: Any) -> Any:
        value = self.builder.load(self.builder.bitcast(pointer, self.vector.as_pointer()))
        value.align = self.size
        return value

    def store(self, value: Any, pointer: Any) -> None:
        to = self.builder.bitcast(pointer, self.vector.as_pointer())
        self.builder.store(value, to).align = self.size

    def splat(self, number: Any) -> Any:
        nothing = ir.Constant(self.vector, ir.Undefined)
        one = self.builder.insert_element(nothing, number, ir.IntType(32)(0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(one, nothing, mask)

    def shuffle(self, a: Any, b: Any, places: list[int]) -> Any:
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
        return self.builder.shuffle_vector(a, b, mask)

    def add_product(self, total: Any, a: Any, b: Any) -> None:
        """total += a · b, fused where the machine can."""
        product = self.builder.fmul(a, b, flags=CONTRACT)
        held = self.builder.load(total)
        self.builder.store(self.builder.fadd(held, product, flags=CONTRACT), total)

    def lane_sums(self, vectors: list[Any]) -> Any:
        """A vector whose lane k is the sum over all lanes of the k-th of as many vectors.

        Each round adds the even and odd lanes of two neighbours, side by side.
        """
        even, odd = list(range(0, 2 * self.lanes, 2)), list(range(1, 2 * self.lanes, 2))
        while len(vectors) > 1:
            pairs = zip(vectors[::2], vectors[1::2], strict=True)
            vectors = [
                self.builder.fadd(self.shuffle(a, b, even), self.shuffle(a, b, odd))
                for a, b in pairs
            ]
        return vectors[0]

    def transposed(self, vectors: list[Any]) -> list[Any]:
        """Columns of a square of numbers for its rows: quarters change places, then theirs, …."""
        side = self.lanes // 2
        while side:
            low = [j if not j & side else j - side + self.lanes for j in range(self.lanes)]
            high = [j + side if not j & side else j + self.lanes for j in range(self.lanes)]
            for k in range(self.lanes):
                if not k & side:
                    a, b = vectors[k], vectors[k + side]
                    vectors[k] = self.shuffle(a, b, low)
                    vectors[k + side] = self.shuffle(a, b, high)
            side //= 2
        return vectors

    def accumulators(self, count: int) -> list[Any]:
        zero = ir.Constant(self.vector, None)
        places = [cgutils.alloca_once(self.builder, self.vector) for _ in range(count)]
        for place in places:
            self.builder.store(zero, place)
        return places
