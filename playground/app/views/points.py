"""The samples of one split as a picture, drawn once and laid over many fields."""

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from playground.app.theme import Theme, diverging_colour, faded
from playground.data.prepare import PreparedData

MOST_POINTS = 3000
RADIUS = 3.4  # to the middle of the outline
OUTLINE = 1.0
REACH = 5  # half the side of a dot's picture
SHADES = 32  # steps of colour for values, on either side of zero


def shown_samples(data: PreparedData, split: str) -> np.ndarray:
    """Indices of the samples to draw: all of a split, or `MOST_POINTS` spread evenly over it."""
    indices = data.splits[split]
    if len(indices) <= MOST_POINTS:
        return indices
    return indices[np.arange(MOST_POINTS) * len(indices) // MOST_POINTS]


def draw_points(
    theme: Theme, data: PreparedData, split: str, scale: float, side: int, ratio: float
) -> QPixmap:
    """The samples in a transparent square of `side` pixels, at a device pixel ratio.

    Values (regression) have the colour of value / scale.
    """
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    indices = shown_samples(data, split)
    (x_low, x_high), (y_low, y_high) = data.dataset.limits
    x, y = data.dataset.plotted[indices].T
    xs = (x - x_low) / (x_high - x_low) * side - REACH
    ys = (y_high - y) / (y_high - y_low) * side - REACH
    colours = _colour_indices(data, indices, scale)
    dots = {each: _dot(theme, data, each, ratio) for each in set(colours)}
    painter = QPainter(picture)
    # A dot's picture is twice as fine as the screen, and is put between its pixels.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for x, y, colour in zip(xs.tolist(), ys.tolist(), colours, strict=True):
        painter.drawPixmap(QPointF(x, y), dots[colour])
    painter.end()
    return picture


def _colour_indices(data: PreparedData, indices: np.ndarray, scale: float) -> list[int]:
    targets = data.dataset.y[indices]
    if data.dataset.task != "regression":
        return targets.tolist()
    values = targets.reshape(len(targets), -1)[:, 0]
    return np.rint(np.clip(values / scale, -1, 1) * SHADES).astype(int).tolist()


def _dot(theme: Theme, data: PreparedData, colour_index: int, ratio: float) -> QPixmap:
    classes = len(data.dataset.class_names)
    if classes:
        colour, outline = theme.class_colour(colour_index, classes), QColor("white")
    else:  # white around what is nearly white would not be seen
        colour = diverging_colour(theme.tokens, colour_index / SHADES)
        outline = faded(theme.tokens.text, 0.4)
    dot = QPixmap(round(4 * REACH * ratio), round(4 * REACH * ratio))
    dot.setDevicePixelRatio(2 * ratio)
    dot.fill(Qt.GlobalColor.transparent)
    painter = QPainter(dot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(outline, OUTLINE))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(REACH, REACH), RADIUS, RADIUS)
    painter.end()
    return dot
