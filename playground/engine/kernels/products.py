"""Matrix products on tiles held in vector registers.

LLVM does not find these by itself, so they are written in its language: a tile of accumulators,
`rows` scalars against `columns` vectors, that stays in registers over the whole depth of the
product. How many lanes a vector has and how large a tile fits follow from the host's features.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from playground.engine.kernels.jit import inner, intrinsic
from playground.engine.kernels.simd import Tile, span
from playground.engine.plan import SLICE, WIDEST
from playground.engine.vectors import VECTOR_BYTES, host_features

# Tiles as (vectors side by side, rows to try), as many sums as there are registers to hold them:
# AVX2 and SSE have 16, AVX-512 and NEON 32. SSE has no instruction that repeats a number in a
# vector, so its tiles are wide rather than high.
if VECTOR_BYTES == 64 or "neon" in host_features():
    TILES = ((4, (4, 2, 1)), (2, (8, 2, 1)), (1, (8, 4, 1)))
elif VECTOR_BYTES == 32:
    TILES = ((2, (4, 2, 1)), (1, (8, 4, 1)))
else:
    TILES = ((4, (2, 1)), (2, (4, 2, 1)), (1, (8, 4, 1)))

PANEL = WIDEST if VECTOR_BYTES == 64 else WIDEST // 2  # the first cache is smaller elsewhere
FEW = 32  # so many rows are worth copying a panel for

# How a tile of a product begins
ZERO = 0  # at 0
BIAS = 1  # at the bias of each row
ADD = 2  # at what stands in the result


@intrinsic
def product(
    typing_context,
    begin,
    p,
    p0,
    p_row,
    p_step,
    q,
    q0,
    q_step,
    out,
    o0,
    o_row,
    rows,
    columns,
    depth,
    bias,
    b0,
):
    """out[r, c] = Σₖ p[r, k] q[k, c], for `rows` × `columns` results (columns: a multiple of the
    lanes).

    The matrices lie in flat arrays: p[r, k] at p0 + r · p_row + k · p_step, q[k, c] at q0 + k ·
    q_step + c, out[r, c] at o0 + r · o_row + c. `begin` is ZERO, BIAS (bias[b0 + r] begins row r)
    or ADD.
    """
    i = types.intp
    signature = types.void(i, p, i, i, i, q, i, i, out, i, i, i, i, i, bias, i)
    return signature, _generate_product


def _generate_product(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    t = Tile(context, builder, signature, arguments)
    rows, columns = arguments[11:13]
    word = context.get_value_type(types.intp)
    c = word(0)
    for wide, heights in TILES:
        width = word(wide * t.lanes)
        bands = builder.sdiv(builder.sub(columns, c), width)
        with cgutils.for_range(builder, bands) as band:
            column = builder.add(c, builder.mul(band.index, width))
            r = word(0)
            for height in heights:
                blocks = builder.sdiv(builder.sub(rows, r), word(height))
                with cgutils.for_range(builder, blocks) as block:
                    row = builder.add(r, builder.mul(block.index, word(height)))
                    _generate_tile(t, height, wide, row, column)
                r = builder.add(r, builder.mul(blocks, word(height)))
        c = builder.add(c, builder.mul(bands, width))
    return context.get_dummy_value()


def _generate_tile(t: Tile, height: int, wide: int, row: Any, column: Any) -> None:
    """`height` rows by `wide` vectors of the result, from `row` and `column` on."""
    builder = t.builder
    begin, _, p0, p_row, p_step, _, q0, q_step, _, o0, o_row, _, _, depth, _, b0 = t.arguments
    word = row.type

    def at(base: Any, index: Any, stride: Any) -> Any:
        return builder.add(base, builder.mul(index, stride))

    def out(r: int, c: int) -> Any:
        start = at(o0, builder.add(row, word(r)), o_row)
        return t.pointer(8, builder.add(builder.add(start, column), word(c * t.lanes)))

    totals = t.accumulators(height * wide)
    with builder.if_then(builder.icmp_signed("==", begin, word(BIAS))):
        for r in range(height):
            first = builder.add(builder.add(b0, row), word(r))
            bias = t.splat(builder.load(t.pointer(14, first)))
            for c in range(wide):
                builder.store(bias, totals[r * wide + c])
    with builder.if_then(builder.icmp_signed("==", begin, word(ADD))):
        for r in range(height):
            for c in range(wide):
                builder.store(t.load(out(r, c)), totals[r * wide + c])
    p_first = at(p0, row, p_row)
    q_first = builder.add(q0, column)
    with cgutils.for_range(builder, depth) as loop:
        p_at = at(p_first, loop.index, p_step)
        q_at = at(q_first, loop.index, q_step)
        vectors = [t.load(t.pointer(5, builder.add(q_at, word(c * t.lanes)))) for c in range(wide)]
        for r in range(height):
            number = t.splat(builder.load(t.pointer(1, at(p_at, word(r), p_row))))
            for c in range(wide):
                t.add_product(totals[r * wide + c], number, vectors[c])
    for r in range(height):
        for c in range(wide):
            t.store(builder.load(totals[r * wide + c]), out(r, c))


@intrinsic
def transpose(typing_context, p, p0, p_row, out, o0, o_row, rows, columns):
    """out[c, r] = p[r, c], both numbers of rows and of columns multiples of the lanes.

    p[r, c] is at p0 + r · p_row + c, out[c, r] at o0 + c · o_row + r.
    """
    i = types.intp
    return types.void(p, i, i, out, i, i, i, i), _generate_transpose


def _generate_transpose(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    t = Tile(context, builder, signature, arguments)
    _, p0, p_row, _, o0, o_row, rows, columns = arguments
    side = rows.type(t.lanes)

    def at(base: Any, index: Any, k: int, stride: Any, along: Any) -> Any:
        row = builder.mul(builder.add(index, index.type(k)), stride)
        return builder.add(base, builder.add(row, along))

    with cgutils.for_range(builder, builder.sdiv(rows, side)) as band:
        r = builder.mul(band.index, side)
        with cgutils.for_range(builder, builder.sdiv(columns, side)) as block:
            c = builder.mul(block.index, side)
            vectors = [t.load(t.pointer(0, at(p0, r, k, p_row, c))) for k in range(t.lanes)]
            for k, vector in enumerate(t.transposed(vectors)):
                t.store(vector, t.pointer(3, at(o0, c, k, o_row, r)))
    return context.get_dummy_value()


@intrinsic
def add_products_of_rows(
    typing_context,
    p,
    p0,
    p_row,
    q,
    q0,
    q_row,
    out,
    o0,
    o_row,
    rows,
    columns,
    depth,
):
    """out[r, c] += Σₛ p[r, s] q[c, s], over `depth` (a multiple of the lanes) numbers.

    p[r, s] is at p0 + r · p_row + s, q[c, s] at q0 + c · q_row + s, out[r, c] at o0 + r · o_row +
    c.
    """
    i = types.intp
    signature = types.void(p, i, i, q, i, i, out, i, i, i, i, i)
    return signature, _generate_dot_products


def _generate_dot_products(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    t = Tile(context, builder, signature, arguments)
    _, p0, p_row, _, q0, q_row, _, _, _, rows, columns, depth = arguments
    word = context.get_value_type(types.intp)
    tall = max(1, t.lanes // 4)
    wide = t.lanes // tall

    def starts(count: int, first: Any, base: Any, stride: Any, most: Any) -> list[Any]:
        """Where `count` rows begin; past the end of the matrix, the last row is taken again."""
        last = builder.sub(most, word(1))
        found = []
        for k in range(count):
            index = builder.add(first, word(k))
            index = builder.select(builder.icmp_signed(">", index, last), last, index)
            found.append(builder.add(base, builder.mul(index, stride)))
        return found

    def blocks(count: Any, size: int) -> Any:
        return builder.sdiv(builder.add(count, word(size - 1)), word(size))

    with cgutils.for_range(builder, blocks(rows, tall)) as band:
        r = builder.mul(band.index, word(tall))
        p_starts = starts(tall, r, p0, p_row, rows)
        with cgutils.for_range(builder, blocks(columns, wide)) as block:
            c = builder.mul(block.index, word(wide))
            q_starts = starts(wide, c, q0, q_row, columns)
            sums = _dot_products(t, p_starts, q_starts, depth)
            _add_block(t, sums, r, c, tall, wide)
    return context.get_dummy_value()


def _dot_products(t: Tile, p_starts: list[Any], q_starts: list[Any], depth: Any) -> Any:
    """One vector with the dot product of every row of p with every row of q."""
    builder = t.builder
    totals = t.accumulators(t.lanes)
    with cgutils.for_range(builder, builder.sdiv(depth, depth.type(t.lanes))) as loop:
        s = builder.mul(loop.index, depth.type(t.lanes))
        left = [t.load(t.pointer(0, builder.add(start, s))) for start in p_starts]
        for c, start in enumerate(q_starts):
            right = t.load(t.pointer(3, builder.add(start, s)))
            for r, vector in enumerate(left):
                t.add_product(totals[r * len(q_starts) + c], vector, right)
    return t.lane_sums([builder.load(total) for total in totals])


def _add_block(t: Tile, sums: Any, r: Any, c: Any, tall: int, wide: int) -> None:
    """Add a vector of tall × wide sums to the result; outside of the matrix, nothing is added."""
    builder = t.builder
    o0, o_row, rows, columns = t.arguments[7:11]
    word = r.type
    fits = builder.and_(
        builder.icmp_signed("<=", builder.add(r, word(tall)), rows),
        builder.icmp_signed("<=", builder.add(c, word(wide)), columns),
    )

    def place(k: int, j: int) -> Any:
        row = builder.mul(builder.add(r, word(k)), o_row)
        return t.pointer(6, builder.add(builder.add(o0, row), builder.add(c, word(j))))

    with builder.if_else(fits) as (whole, edge):
        with whole:
            for k in range(tall):
                part = t.shuffle(sums, sums, list(range(k * wide, (k + 1) * wide)))
                to = builder.bitcast(place(k, 0), part.type.as_pointer())
                held = builder.load(to)
                held.align = t.size
                builder.store(builder.fadd(held, part), to).align = t.size
        with edge:
            for k in range(tall):
                for j in range(wide):
                    inside = builder.and_(
                        builder.icmp_signed("<", builder.add(r, word(k)), rows),
                        builder.icmp_signed("<", builder.add(c, word(j)), columns),
                    )
                    with builder.if_then(inside):
                        number = builder.extract_element(sums, ir.IntType(32)(k * wide + j))
                        to = place(k, j)
                        builder.store(builder.fadd(builder.load(to), number), to)


@intrinsic
def add_row_sums(
    typing_context,
    p,
    p0,
    p_row,
    out,
    o0,
    rows,
    depth,
):
    """out[r] += Σₛ p[r, s], over `depth` (a multiple of the lanes) numbers, laid out as above."""
    i = types.intp
    return types.void(p, i, i, out, i, i, i), _generate_row_sums


def _generate_row_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    t = Tile(context, builder, signature, arguments)
    _, p0, p_row, _, o0, rows, depth = arguments
    word = context.get_value_type(types.intp)
    last = builder.sub(rows, word(1))
    bands = builder.sdiv(builder.add(last, word(t.lanes)), word(t.lanes))
    with cgutils.for_range(builder, bands) as band:
        first = builder.mul(band.index, word(t.lanes))
        totals = t.accumulators(t.lanes)
        starts = []
        for k in range(t.lanes):
            row = builder.add(first, word(k))
            row = builder.select(builder.icmp_signed(">", row, last), last, row)
            starts.append(builder.add(p0, builder.mul(row, p_row)))
        with cgutils.for_range(builder, builder.sdiv(depth, word(t.lanes))) as loop:
            s = builder.mul(loop.index, word(t.lanes))
            for start, total in zip(starts, totals, strict=True):
                vector = t.load(t.pointer(0, builder.add(start, s)))
                builder.store(builder.fadd(builder.load(total), vector), total)
        sums = t.lane_sums([builder.load(total) for total in totals])
        for k in range(t.lanes):
            row = builder.add(first, word(k))
            with builder.if_then(builder.icmp_signed("<", row, rows)):
                to = t.pointer(3, builder.add(o0, row))
                number = builder.extract_element(sums, ir.IntType(32)(k))
                builder.store(builder.fadd(builder.load(to), number), to)
    return context.get_dummy_value()


@inner
def copy_block(source, s0, s_row, target, t0, wide, deep):
    """target[t0 + i · wide + j] = source[s0 + i · s_row + j]."""
    for i in range(deep):
        row, copied = span(source, s0 + i * s_row, wide), span(target, t0 + i * wide, wide)
        for j in range(wide):
            copied[j] = row[j]


def _blocked_product(
    begin, p, p0, p_row, p_step, q, q0, q_step, out, o0, o_row, rows, columns, depth, bias, b0, room
):
    """As `product`, in panels of q, SLICE numbers deep and PANEL wide, that stay in the processor's
    first cache; they are copied into `room` where their rows are far apart and often used.

    Each result is summed in the order of k all the same.
    """
    for c in range(0, columns, PANEL):
        wide = min(PANEL, columns - c)
        for k in range(0, depth, SLICE):
            deep = min(SLICE, depth - k)
            panel, at, far = q, q0 + k * q_step + c, q_step
            if q_step > PANEL and rows >= FEW:
                copy_block(q, at, q_step, room, 0, wide, deep)
                panel, at, far = room, 0, wide
            product(
                begin if k == 0 else ADD, p, p0 + k * p_step, p_row, p_step, panel, at, far,
                out, o0 + c, o_row, rows, wide, deep, bias, b0,
            )  # fmt: skip


def _transpose(p, p0, p_row, out, o0, o_row, rows, columns):
    transpose(p, p0, p_row, out, o0, o_row, rows, columns)


def _products_of_rows(p, p0, p_row, q, q0, q_row, out, o0, o_row, rows, columns, depth):
    add_products_of_rows(p, p0, p_row, q, q0, q_row, out, o0, o_row, rows, columns, depth)


def _row_sums(p, p0, p_row, out, o0, rows, depth):
    add_row_sums(p, p0, p_row, out, o0, rows, depth)


def definitions(number: Any) -> dict[str, tuple[list[Any], Any]]:
    """What the functions above are given, in a number format, in the order of `calls`."""
    x, i = types.CPointer(number), types.int64
    return {
        "product": ([i, x, i, i, i, x, i, i, x, *[i] * 5, x, i, x], _blocked_product),
        "transpose": ([x, i, i, x, i, i, i, i], _transpose),
        "products_of_rows": ([x, i, i, x, i, i, x, *[i] * 5], _products_of_rows),
        "row_sums": ([x, i, i, x, i, i, i], _row_sums),
    }
