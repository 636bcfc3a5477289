"""Which values get a grid line or a label: a few round ones."""

import math

MOST_LINES = 5
MOST_LABELS = 4
# Parts of a decade, from many to few.
PARTS = ((1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0))
STEPS = (1.0, 2.0, 2.5, 5.0)


def log_lines(low: float, high: float) -> list[float]:
    """Two to five values at nearly equal ratios, around `low` … `high` (above 0)."""
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high)) + 1
    for parts in PARTS:
        values = [
            float(f"{part}e{decade}") for decade in range(first - 1, last + 1) for part in parts
        ]
        if len(lines := _around(values, low, high)) <= MOST_LINES:
            return lines
    stride = 1  # in decades
    while True:
        decades = range(first // stride * stride, last + stride, stride)
        lines = _around([float(f"1e{decade}") for decade in decades], low, high)
        if len(lines) <= MOST_LINES:
            return lines
        stride += 1


def linear_lines(low: float, high: float) -> list[float]:
    """Two to five values at equal distances, around `low` … `high`."""
    span = high - low or abs(high) or 1.0
    for most in range(MOST_LINES - 1, 0, -1):
        step = _round_step(span, most)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        last = max(last, first + 1)
        if last - first < MOST_LINES:
            break
    return [float(f"{step * index:.12g}") for index in range(first, last + 1)]


def epoch_labels(last: float) -> list[int]:
    """The epochs (or steps) to name between 0 and `last`."""
    if last < 1:
        return []
    step = max(1, round(_round_step(last, MOST_LABELS + 1, (1.0, 2.0, 5.0))))
    return list(range(step, math.floor(last) + 1, step))


def _round_step(span: float, most: int, steps: tuple[float, ...] = STEPS) -> float:
    """The smallest round number of which at most `most` fit into `span`, the last not quite."""
    decade = math.floor(math.log10(span / most))
    candidates = (float(f"{step}e{power}") for power in (decade, decade + 1) for step in steps)
    return next(step for step in candidates if span / step <= most * (1 + 1e-9))


def _around(values: list[float], low: float, high: float) -> list[float]:
    """The rising values from the last one <= low to the first one >= high."""
    begin = max(index for index, value in enumerate(values) if value <= low)
    end = min(index for index, value in enumerate(values) if value >= high)
    return values[begin : max(end, begin + 1) + 1]
