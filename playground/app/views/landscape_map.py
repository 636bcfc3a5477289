"""The map of a loss landscape: colours, lines of equal loss, and the path."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.app.theme import Theme, Tokens, faded, mix
from playground.app.views.drawer_view import draw_empty
from playground.app.views.graph import value_text
from playground.app.views.strokes import draw_segments, joined
from playground.app.words import tr
from playground.snapshot import Landscape

RADIUS = 10
LINE_ALPHA = 0.45
PATH = 1.6
CASING = 3.4
DOT = 5.0
INSET = 8.0


def violets(tokens: Tokens) -> tuple[QColor, ...]:
    """The colours of the map, from the lowest loss, which is light, to the highest."""
    found = (tokens.accent_tint, *tokens.layers)
    return tuple(sorted(found, key=QColor.lightness, reverse=True))


def violet_table(tokens: Tokens) -> list[int]:
    """256 colours for `QImage.Format_Indexed8`."""
    stops = violets(tokens)
    places = np.linspace(0, len(stops) - 1, 256).tolist()
    below = [min(int(place), len(stops) - 2) for place in places]
    pairs = zip(places, below, strict=True)
    return [mix(stops[k], stops[k + 1], place - k).rgb() for place, k in pairs]


class LandscapeMap(QWidget):
    """Light where the loss is low; the path goes from the white point to the yellow one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table = violet_table(theme.tokens)
        self._shown: Landscape | None = None
        self._why = ""
        self.setAccessibleName(tr("Loss landscape"))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 60)

    def show_landscape(self, shown: Landscape | None, why: str = "") -> None:
        """Show another one; without one, `why` there is none."""
        if shown is self._shown and why == self._why:
            return
        self._shown, self._why = shown, why
        if shown is not None:
            self.setAccessibleDescription(
                tr(
                    "From a loss of {start} to {here}",
                    start=value_text(shown.start),
                    here=value_text(shown.here),
                )
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().toRectF()
        if self._shown is None:
            draw_empty(painter, self._theme, area, "info", self._why)
            return
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS, RADIUS)
        painter.setClipPath(outline)
        rows, columns = self._shown.picture.shape
        image = QImage(
            self._shown.picture.data, columns, rows, columns, QImage.Format.Format_Indexed8
        )
        image.setColorTable(self._table)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, image.convertToFormat(QImage.Format.Format_RGB32))
        # Lines are seen on light and on dark ground.
        painter.setPen(QPen(faded(violets(self._theme.tokens)[1], LINE_ALPHA), 1))
        draw_segments(painter, self._on_screen(self._shown.contours.reshape(-1, 2)).reshape(-1, 4))
        self._draw_path(painter, self._on_screen(self._shown.path))
        self._draw_names(painter, self._shown, self._on_screen(self._shown.path))

    def _on_screen(self, places: np.ndarray) -> np.ndarray:
        """Where points (n, 2) of the plane are painted."""
        assert self._shown is not None
        (left, right), (bottom, top) = self._shown.limits
        shares = (places - (left, top)) / (right - left, bottom - top)
        return shares * (self.width(), self.height())

    def _draw_path(self, painter: QPainter, path: np.ndarray) -> None:
        tokens = self._theme.tokens
        dark, light = violets(tokens)[-1], violets(tokens)[0]
        segments = joined(path[:, 0], path[:, 1])
        for colour, width in ((tokens.panel, CASING), (tokens.warn, PATH)):
            pen = QPen(faded(colour, 0.8) if width == CASING else colour, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            draw_segments(painter, segments)
        for place, colour in ((path[0], light), (path[-1], tokens.warn)):
            painter.setPen(QPen(dark if tokens.panel.lightness() < 128 else tokens.text, 1.5))
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(*place.tolist()), DOT, DOT)

    def _draw_names(self, painter: QPainter, shown: Landscape, path: np.ndarray) -> None:
        """What the directions are, and how much of the path they show, in the freest corner."""
        across, up = map(tr, shown.names)
        if shown.shares is not None:
            one, two = (f"{100 * share:.0f} %" for share in shown.shares)
            across = tr("PC 1, {share} of the path", share=one)
            up = tr("PC 2, {share}", share=two)
        painter.setFont(self._theme.font(11, 500))
        wide = painter.fontMetrics().horizontalAdvance
        text = f"→ {across}   ↑ {up}"
        panel = freest_corner(
            self.rect().toRectF(), QSizeF(wide(text) + 16, self._theme.scaled(20)), path
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self._theme.tokens.panel, 0.8))
        painter.drawRoundedRect(panel, 10, 10)
        painter.setPen(self._theme.tokens.text2)
        painter.drawText(panel, Qt.AlignmentFlag.AlignCenter, text)


def freest_corner(within: QRectF, size: QSizeF, points: np.ndarray) -> QRectF:
    """A panel of that size, in the corner where it covers the fewest of the points (n, 2)."""
    room = within.adjusted(INSET, INSET, -INSET, -INSET)
    lefts, tops = (
        (room.left(), room.right() - size.width()),
        (room.bottom() - size.height(), room.top()),
    )
    corners = [QRectF(QPointF(left, top), size) for top in tops for left in lefts]
    around = [each.adjusted(-INSET, -INSET, INSET, INSET) for each in corners]
    covered = [
        np.sum(
            (points > (each.left(), each.top())).all(axis=1)
            & (points < (each.right(), each.bottom())).all(axis=1)
        )
        for each in around
    ]
    return corners[int(np.argmin(covered))]
