"""The samples as a picture, drawn once and laid over many fields."""

import math

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QPolygonF

from playground.app.theme import Theme, diverging_colour, faded
from playground.data.prepare import PreparedData
from playground.snapshot import Snapshot, shown_samples
from playground.view import View

RADIUS = 3.4  # to the middle of the outline
OUTLINE = 1.0
HOLLOW = 1.6  # the line of a mark that is not filled
REACH = 7  # half the side of a mark's picture
USUAL_SIDE = 372  # of a plot; in a larger one, marks are larger too
RING, RING_WIDTH = 6.0, 1.2
SHADES = 32  # steps of colour for values, on either side of zero
FEW_CLASSES = 4  # with more, colours alone are hard to tell apart
# By class: corners and the angle of the first; a circle has none. All have a circle's area.
SHAPES = ((0, 0), (4, 0), (4, 45), (3, 90), (3, -90), (5, 90), (6, 0), (6, 30))
SPLITS = ("train", "validation", "test")

Mark = tuple[int, int, int]  # colour, shape, split


def draw_points(theme: Theme, snapshot: Snapshot, view: View, side: int, ratio: float) -> QPixmap:
    """The samples that a view shows, in a transparent square of `side` pixels, at a device pixel
    ratio.

    Values (regression) have the colour of value / scale. Where all splits are shown, the marks of
    validation are hollow, and those of the test have a dot inside.
    """
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    indices = shown_samples(snapshot.data, view.split)
    size = mark_size(side)
    places = positions(snapshot, indices, side) - REACH * size
    near = ((places > -2 * REACH * size) & (places < side)).all(axis=1)
    marks = _marks(snapshot, view, indices)
    drawn = {mark: _draw_mark(theme, snapshot.data, mark, ratio, size) for mark in set(marks)}
    painter = QPainter(picture)
    # A mark's picture is twice as fine as the screen, and is put between its pixels.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for row in np.flatnonzero(near).tolist():
        painter.drawPixmap(QPointF(*places[row]), drawn[marks[row]])
    painter.end()
    return picture


def mark_size(side: float) -> float:
    """How much larger than usual marks are in a plot with that side."""
    return max(side / USUAL_SIDE, 1.0)


def draw_rings(painter: QPainter, theme: Theme, snapshot: Snapshot, side: int) -> None:
    """A ring around each sample that is put into a wrong class."""
    if snapshot.mistakes is None:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.tokens.text, RING_WIDTH))
    radius = RING * mark_size(side)
    for x, y in positions(snapshot, snapshot.mistakes, side).tolist():
        painter.drawEllipse(QPointF(x, y), radius, radius)


def positions(snapshot: Snapshot, indices: np.ndarray, side: int) -> np.ndarray:
    """Where samples lie in a square of `side` pixels: (n, 2)."""
    (left, right), (low, high) = snapshot.limits
    u, v = snapshot.plane.places[indices].T
    return np.stack([(u - left) / (right - left), (high - v) / (high - low)], axis=1) * side


def has_shapes(view: View, classes: int) -> bool:
    """Whether each class has a shape of its own: when asked for, and where there are many."""
    return classes > 0 and (view.marker_shapes or classes > FEW_CLASSES)


def shape(index: int, centre: QPointF, radius: float = RADIUS) -> QPolygonF | None:
    """The outline of a class's mark; None for a circle."""
    corners, turned = SHAPES[index % len(SHAPES)]
    if not corners:
        return None
    inner = corners / (2 * math.pi) * math.sin(2 * math.pi / corners)
    reach = radius / math.sqrt(inner)
    angles = [math.radians(turned + 360 * k / corners) for k in range(corners)]
    return QPolygonF(
        [centre + QPointF(math.cos(angle), -math.sin(angle)) * reach for angle in angles]
    )


def _marks(snapshot: Snapshot, view: View, indices: np.ndarray) -> list[Mark]:
    data = snapshot.data
    targets = data.dataset.y[indices]
    shapes = splits = np.zeros(len(indices), np.int64)
    if data.dataset.task == "regression":
        values = targets.reshape(len(targets), -1)[:, 0]
        colours = np.rint(np.clip(values / snapshot.field_scale, -1, 1) * SHADES).astype(np.int64)
    else:
        colours = targets
        if has_shapes(view, len(data.dataset.class_names)):
            shapes = targets
    if view.split == "all":
        of_sample = np.zeros(len(data.dataset.y), np.int64)
        for number, split in enumerate(SPLITS):
            of_sample[data.splits[split]] = number
        splits = of_sample[indices]
    return list(zip(colours.tolist(), shapes.tolist(), splits.tolist(), strict=True))


def _draw_mark(theme: Theme, data: PreparedData, mark: Mark, ratio: float, size: float) -> QPixmap:
    colour_index, shape_index, split = mark
    classes = len(data.dataset.class_names)
    if classes:
        colour, outline = theme.class_colour(colour_index, classes), theme.tokens.panel
    else:  # the panel's colour around what is nearly that colour would not be seen
        colour = diverging_colour(theme.tokens, colour_index / SHADES)
        outline = faded(theme.tokens.text, 0.4)
    pixels = round(4 * REACH * size * ratio)
    picture = QPixmap(pixels, pixels)
    picture.setDevicePixelRatio(2 * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size, size)
    centre = QPointF(REACH, REACH)
    polygon = shape(shape_index, centre)

    def outlined(pen: QPen) -> None:
        painter.setPen(pen)
        if polygon is None:
            painter.drawEllipse(centre, RADIUS, RADIUS)
        else:
            painter.drawPolygon(polygon)

    painter.setBrush(theme.tokens.panel if split else colour)
    if split:  # hollow, with an outline on either side of its line
        outlined(QPen(outline, HOLLOW + 2 * OUTLINE))
        outlined(QPen(colour, HOLLOW))
    else:
        outlined(QPen(outline, OUTLINE))
    if split == SPLITS.index("test"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, 1.4, 1.4)
    painter.end()
    return picture
