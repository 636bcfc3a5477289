"""Small pictures of data: samples on the plane, a feature over it, the values of one input."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap, QPolygonF, QTransform

from playground.app.controls.tile import RADIUS, Draw, draw_frame
from playground.app.theme import TILE_SHARE, Theme, diverging_colour, diverging_table, faded
from playground.data.dataset import Dataset
from playground.data.features import feature_matrix

MARGIN = 5  # between a tile's edge and the ends of the plotted axes
POINT = 2.5
CELLS = 104  # two for each pixel of a tile, for sharp screens
ICON = 20
PLANE_INPUTS = 2
SHADES = 9  # that the values of a regression are shown in
EDGE_ALPHA = 0.14


def draw_samples(theme: Theme, dataset: Dataset) -> Draw:
    """The samples in the colours of their classes or values: over the plane, over one input and
    the values, or, of more inputs, over the two that tell most.
    """
    (left, right), (low, high) = dataset.limits
    plotted = dataset.plotted
    if dataset.x.shape[1] > PLANE_INPUTS:
        plotted = dataset.x[:, _telling(dataset)]
        (left, low), (right, high) = plotted.min(axis=0), plotted.max(axis=0)
    places = (plotted - (left, low)) / (right - left or 1.0, high - low or 1.0)
    return _points(theme, np.stack([places[:, 0], 1 - places[:, 1]], axis=1), dataset)


def draw_dashed(theme: Theme, icon: str) -> Draw:
    """An icon in a dashed frame: what is not there yet, but can be made."""

    def draw(painter: QPainter, rect: QRectF) -> None:
        pen = QPen(theme.tokens.ctl, 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 0.5, RADIUS - 0.5)
        box = QRectF(0, 0, ICON, ICON)
        box.moveCenter(rect.center())
        theme.draw_icon(painter, icon, theme.tokens.text2, box)

    return draw


def _telling(dataset: Dataset) -> list[int]:
    """The two inputs whose values say most about the class, or about the value."""
    x = (dataset.x - dataset.x.mean(axis=0)) / (dataset.x.std(axis=0) + 1e-12)
    if dataset.class_names:
        means = [x[dataset.y == index] for index in range(len(dataset.class_names))]
        tells = np.std([each.mean(axis=0) for each in means if len(each)], axis=0)
    else:
        tells = np.abs(x.T @ (dataset.y[:, 0] - dataset.y[:, 0].mean()))
    first, second = np.sort(np.argsort(tells)[-2:]).tolist()
    return [first, second]


def draw_input(theme: Theme, dataset: Dataset, index: int) -> Draw:
    """One input: its values from left to right, and up the targets, or a row for each class."""
    values = dataset.x[:, index]
    across = (values - values.min()) / (np.ptp(values) or 1.0)
    classes = len(dataset.class_names)
    if classes:
        rows = (dataset.y + 0.5) / classes
        down = rows + 0.2 * np.sin(7.0 * np.arange(len(rows))) / classes
    else:
        targets = dataset.y[:, 0]
        down = 1 - (targets - targets.min()) / (np.ptp(targets) or 1.0)
    return _points(theme, np.stack([across, down], axis=1), dataset)


def draw_feature(theme: Theme, name: str, limits: tuple[tuple[float, float], ...]) -> Draw:
    """A feature over the plane of the first two inputs; its largest size is the strongest."""
    image = feature_image(theme, name, limits)
    pixmap = QPixmap.fromImage(image)

    def draw(painter: QPainter, rect: QRectF) -> None:
        brush = QBrush(pixmap)
        scale = rect.width() / CELLS
        brush.setTransform(QTransform.fromTranslate(rect.left(), rect.top()).scale(scale, scale))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        draw_frame(painter, rect, faded(QColor("black"), EDGE_ALPHA))

    return draw


def feature_image(theme: Theme, name: str, limits: tuple[tuple[float, float], ...]) -> QImage:
    """The feature at the middle of each of CELLS² cells, the largest x2 on top."""
    (left, right), (low, high) = limits[0], limits[1]
    middles = (np.arange(CELLS) + 0.5) / CELLS
    x1, x2 = np.meshgrid(left + (right - left) * middles, high - (high - low) * middles)
    plane = np.stack([x1.ravel(), x2.ravel()], axis=1)
    values = np.nan_to_num(feature_matrix(plane, [name])[:, 0], posinf=0.0, neginf=0.0)
    indices = np.rint(128 + 127 * values / (np.abs(values).max() or 1.0)).astype(np.uint8)
    image = QImage(indices.tobytes(), CELLS, CELLS, CELLS, QImage.Format.Format_Indexed8)
    image.setColorTable(diverging_table(theme.tokens, TILE_SHARE))
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _points(theme: Theme, places: np.ndarray, dataset: Dataset) -> Draw:
    """Points at places (samples, 2) from 0 to 1, x to the right and y down."""
    groups = [(colour, places[chosen]) for colour, chosen in _colours(theme, dataset)]

    def draw(painter: QPainter, rect: QRectF) -> None:
        draw_frame(painter, rect, theme.tokens.line, theme.tokens.panel)
        inner = rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        for colour, group in groups:
            painter.setPen(QPen(colour, POINT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            across = inner.left() + inner.width() * group[:, 0]
            down = inner.top() + inner.height() * group[:, 1]
            painter.drawPoints(
                QPolygonF([QPointF(*each) for each in zip(across, down, strict=True)])
            )

    return draw


def _colours(theme: Theme, dataset: Dataset) -> list[tuple[QColor, np.ndarray]]:
    """Each colour with the samples that have it."""
    classes = len(dataset.class_names)
    if classes:
        return [
            (theme.class_colour(index, classes), np.flatnonzero(dataset.y == index))
            for index in range(classes)
        ]
    values = dataset.y[:, 0]
    shades = np.rint((SHADES // 2) * values / (np.abs(values).max() or 1.0))
    return [
        (diverging_colour(theme.tokens, shade / (SHADES // 2)), np.flatnonzero(shades == shade))
        for shade in np.unique(shades)
    ]
