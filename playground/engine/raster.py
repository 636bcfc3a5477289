"""Edges of the network diagram as pixels: smooth curves of any width, antialiased and translucent.

An edge leaves its first end and reaches its second one horizontally. It is the cubic Bézier curve
with both control points half way between the ends; about its middle, and with m from -1/2 to 1/2,

    x = dx (3/4 m + m³),    y = dy (3/2 m - 2 m³).

Both grow steadily, so that the curve crosses every column and every row of pixels once: the pixels
of a row that it touches are one run. How far a pixel is covered follows from its distance to the
curve, and each is blended once per edge; so an edge without dashes is equally opaque all along.
"""

import numpy as np

from playground.engine.machine_code import library


def draw_edges(
    image: np.ndarray,
    lines: np.ndarray,
    widths: np.ndarray,
    colours: np.ndarray,
    dashes: np.ndarray,
) -> None:
    """Draw edges into an image, the first at the bottom.

    image: (rows, columns), 0xAARRGGBB with colours multiplied by alpha, as Qt's
    `Format_ARGB32_Premultiplied`. lines: (edges, 4), the ends x0, y0, x1, y1 with x0 < x1, in
    pixels from the outer corner at the top left. widths: (edges,), in pixels. colours: (edges,),
    0xAARRGGBB, not multiplied. Edges that share x0 and x1 should follow each other: what depends
    on these is kept.

    dashes: (4,) float32, the distance from gap to gap along an edge, above 0, and the width of a
    gap, in pixels; how far the gaps have moved from the first end; and the share of its opacity
    that an edge keeps in a gap: all of it, and the edge is not dashed.
    """
    (height, width), edges = image.shape, len(lines)
    if lines.shape != (edges, 4) or widths.shape != (edges,) or colours.shape != (edges,):
        raise ValueError("each edge needs four numbers, a width and a colour")
    if dashes.shape != (4,):
        raise ValueError("dashes are four numbers")
    tables = np.zeros(7 * width, np.float32)
    kernel = library("edges")["draw_edges"]
    kernel(image, height, width, edges, lines, widths, colours, dashes, tables)
