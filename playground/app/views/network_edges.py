"""The edges of the network diagram, as an image."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from playground.app.theme import Tokens
from playground.app.views.network_layout import Layout, Spot
from playground.app.views.network_model import Numbers

THINNEST, THICKER = 0.6, 3.8  # width of the weakest edge, and what the strongest has more
FAINTEST, STRONGER = 0.12, 0.76  # the same for opacity
RIM = 0.7  # how much of a marked edge's own colour stays on either side
MARK_THINNEST = 1.6
RGB = 0xFFFFFF
DASH, GAP = 14.0, 3.0  # from gap to gap, and of a gap, along an edge
IN_GAP = 0.35  # of its opacity, what an edge keeps in a gap
SOLID = np.array([1, 0, 0, 1], np.float32)

Edges = tuple[np.ndarray, np.ndarray, np.ndarray]  # ends, widths, colours: as for `draw_edges`


class EdgePicture:
    """The edges that a snapshot means, and the image they are drawn into.

    widths: of the shown edges into each column, (units, sources); None where there are no weights.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._pixels = np.zeros((0, 0), np.uint32)
        self._edges: list[Edges] = []
        self._layout: Layout | None = None
        self.image = QImage()
        self.widths: tuple[np.ndarray | None, ...] = ()

    def show(self, layout: Layout, numbers: Numbers) -> None:
        """Take other weights."""
        columns = range(len(layout.columns))
        shares = [_shares(layout, column, numbers.weights(column)) for column in columns]
        self.widths = tuple(
            None if share is None else THINNEST + THICKER * abs(share) for share in shares
        )
        self._edges = [
            self._column_edges(layout.lines(column), share)
            for column, share in enumerate(shares)
            if share is not None
        ]
        self._layout = layout

    def draw(
        self, part: QRectF, ratio: float, marked: Spot | None, moved: float | None = None
    ) -> None:
        """Draw what lies in `part` of the diagram, with `ratio` device pixels to a point.

        moved: how far dashes have moved along the edges; with None, there are none.
        """
        self._clear(part, ratio)
        if not self._edges:
            return
        from playground.engine.raster import draw_edges  # loaded once there are weights

        dashes = SOLID
        if moved is not None:
            dashes = np.array([DASH * ratio, GAP * ratio, moved % DASH * ratio, IN_GAP], np.float32)
        corner, scale = np.array([part.left(), part.top()] * 2, np.float32), np.float32(ratio)
        for edges, pattern in ((self._edges, dashes), (self._mark(marked), SOLID)):
            if edges:
                ends, widths, colours = (np.concatenate(each) for each in zip(*edges, strict=True))
                draw_edges(self._pixels, (ends - corner) * scale, widths * scale, colours, pattern)

    def _clear(self, part: QRectF, ratio: float) -> None:
        """An empty image of the right size, which shows the pixels without a copy."""
        width, height = round(part.width() * ratio), round(part.height() * ratio)
        if self._pixels.shape != (height, width):
            self._pixels = np.zeros((height, width), np.uint32)
            form = QImage.Format.Format_ARGB32_Premultiplied
            self.image = QImage(self._pixels.data, width, height, 4 * width, form)
        self._pixels.fill(0)
        self.image.setDevicePixelRatio(ratio)

    def _column_edges(self, lines: np.ndarray, shares: np.ndarray) -> Edges:
        """The edges into a column, the weakest first."""
        shares = shares.ravel()
        order = np.argsort(abs(shares))
        shares = shares[order]
        negative = np.uint32(self._tokens.negative.rgb() & RGB)
        positive = np.uint32(self._tokens.positive.rgb() & RGB)
        alphas = np.rint(255 * (FAINTEST + STRONGER * abs(shares))).astype(np.uint32)
        colours = np.where(shares < 0, negative, positive) | alphas << np.uint32(24)
        widths = (THINNEST + THICKER * abs(shares)).astype(np.float32)
        return lines.reshape(-1, 4)[order], widths, colours

    def _mark(self, marked: Spot | None) -> list[Edges]:
        """A dark line over the edge the pointer is on."""
        if marked is None or marked.kind != "edge" or self._layout is None:
            return []
        widths = self.widths[marked.column]
        if widths is None:
            return []
        columns = self._layout.columns
        unit = marked.unit - columns[marked.column].first
        source = marked.source - columns[marked.column - 1].first
        width = max(widths[unit, source] - 2 * RIM, MARK_THINNEST)
        line = self._layout.line(marked)
        colour = np.array([self._tokens.text.rgb()], np.uint32)
        return [(line[None], np.array([width], np.float32), colour)]


def _shares(layout: Layout, column: int, weights: np.ndarray | None) -> np.ndarray | None:
    """The weights that are shown, as shares of the layer's largest: (units, sources), -1 to 1."""
    if weights is None:
        return None
    finite = np.where(np.isfinite(weights), weights, np.float32(0))
    largest = float(np.abs(finite).max()) or 1.0
    return finite[layout.columns[column].shown, layout.columns[column - 1].shown] / largest
