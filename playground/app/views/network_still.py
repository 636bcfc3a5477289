"""What stays as it is from snapshot to snapshot: behind the network, and over its tiles.

Kept as two images, because strokes, round corners and text take longer than all that changes.
"""

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from playground.app.controls.formula import Formula
from playground.app.theme import Theme, faded, mix
from playground.app.views.network_layout import (
    LABEL_GAP,
    TILE,
    Column,
    Layout,
)
from playground.app.views.network_model import Structure
from playground.app.words import tr
from playground.data.features import feature_of

TILE_RADIUS = 8
BOX_RADIUS = 12
OUTLINE_ALPHA = 0.14
HOVER_STRENGTH = 0.5  # of the frame around a column, compared with the selected one
LEGEND_LEFT, LEGEND_DASH = 14, 20
BESIDE_FILL = 44  # from the right edge: the button that lets it fill the centre stands there
LOCK, LOCK_GAP = 12, 3
WIRE_ALPHA = 0.55  # of the lines into a pill
RENDER = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


@dataclass(frozen=True)
class Scene:
    """All that the still images depend on: `over` is the column under the pointer."""

    structure: Structure
    places: Layout
    selected: int
    over: int | None
    offset: int
    ratio: float


class StillPicture:
    """The two images, as large as the diagram.

    `below`: the panel, frames around columns, headers, names and the legend. `above`: the outlines
    of the tiles, and in the corners of their squares, where nothing moving belongs, what is below.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._tokens = theme.tokens
        self._labels: dict[str, Formula] = {}
        self._scene: Scene | None = None
        self.below = QImage()
        self.above = QImage()

    def show(self, scene: Scene) -> None:
        """Draw the images anew, if anything is different."""
        if scene == self._scene:
            return
        self._scene = scene
        self.below = _image(scene, QImage.Format.Format_RGB32, self._tokens.panel)
        painter = QPainter(self.below)
        painter.setRenderHints(RENDER)
        if not scene.places.presented:
            self._draw_legend(painter, scene)
        painter.translate(-scene.offset, 0)
        for column, strength in ((scene.over, HOVER_STRENGTH), (scene.selected, 1.0)):
            if column is not None and scene.places.columns[column].pill is None:
                self._draw_box(painter, scene.places, column, strength)
        for column in scene.structure.pills:
            self._draw_pill(painter, scene, column)
        self._draw_header(painter, scene)
        self._draw_names(painter, scene)
        painter.end()
        form = QImage.Format.Format_ARGB32_Premultiplied
        self.above = _image(scene, form, Qt.GlobalColor.transparent)
        painter = QPainter(self.above)
        painter.setRenderHints(RENDER)
        painter.translate(-scene.offset, 0)
        self._draw_corners(painter, scene)
        painter.end()

    def label(self, feature: str) -> Formula:
        """A feature's formula, set once."""
        if feature not in self._labels:
            self._labels[feature] = Formula(self._theme, feature_of(feature).label)
        return self._labels[feature]

    def _draw_box(self, painter: QPainter, places: Layout, column: int, strength: float) -> None:
        frame = QRectF(*places.box(column)).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(faded(self._tokens.accent, 0.5 * strength), 1.25))
        painter.setBrush(faded(self._tokens.accent_tint, 0.6 * strength))
        painter.drawRoundedRect(frame, BOX_RADIUS, BOX_RADIUS)

    def _draw_pill(self, painter: QPainter, scene: Scene, column: int) -> None:
        """A layer without units, across the lines of what goes into it."""
        tokens, places = self._tokens, scene.places
        before, pill = places.columns[column - 1], places.columns[column]
        painter.setPen(QPen(faded(tokens.ctl, WIRE_ALPHA), 1))
        for y in pill.centres:
            painter.drawLine(QPointF(before.right, y), QPointF(pill.left, y))
        frame = QRectF(*places.box(column)).adjusted(0.5, 0.5, -0.5, -0.5)
        lit = column in (scene.selected, scene.over)
        strength = 1.0 if column == scene.selected else HOVER_STRENGTH
        rim = mix(tokens.line, tokens.ctl, 0.5)
        painter.setPen(QPen(mix(rim, tokens.accent, strength) if lit else rim, 1.25))
        painter.setBrush(mix(tokens.sunk, tokens.accent_tint, strength) if lit else tokens.sunk)
        painter.drawRoundedRect(frame, pill.side / 2, pill.side / 2)
        if scene.structure.frozen(column):
            box = QRectF(frame.center().x() - LOCK / 2, frame.top() + LOCK_GAP, LOCK, LOCK)
            self._theme.draw_icon(painter, "lock", tokens.text2, box)
        painter.save()
        painter.translate(frame.center())
        painter.rotate(-90)
        self._write(painter, scene.structure.name(column), 0, 0, 11, 500, tokens.text)
        painter.restore()

    def _draw_header(self, painter: QPainter, scene: Scene) -> None:
        """What each column is; a hidden layer's second line is its stepper."""
        structure, places = scene.structure, scene.places
        for index, column in enumerate(places.columns):
            if column.pill:
                continue
            hidden = index in structure.dense
            title = tr("Dense") if hidden else structure.name(index)
            middle = column.middle
            if structure.frozen(index):
                title_width = QFontMetricsF(self._theme.font(12, 600)).horizontalAdvance(title)
                middle -= (LOCK + LOCK_GAP) / 2
                left, top = middle + title_width / 2 + LOCK_GAP, places.title - LOCK / 2
                box = QRectF(left, top, LOCK, LOCK)
                self._theme.draw_icon(painter, "lock", self._tokens.text2, box)
            self._write(painter, title, middle, places.title, 12, 600, self._tokens.text)
            if not hidden:
                about = structure.about(index)
                colour = self._tokens.text3
                self._write(painter, about, column.middle, places.second, 11, 400, colour)

    def _draw_names(self, painter: QPainter, scene: Scene) -> None:
        """The formulas left of the inputs, and how many units are not shown."""
        inputs = scene.places.columns[0]
        features = scene.structure.features[inputs.shown]
        for unit, feature in enumerate(features, inputs.first):
            formula = self.label(feature)
            centre = QPointF(inputs.left - LABEL_GAP - formula.width / 2, inputs.centre(unit))
            formula.draw(painter, self._tokens.text, centre)
        for column in scene.places.columns:
            if column.more:
                more, colour = more_text(column), self._tokens.text2
                self._write(painter, more, column.middle, column.more_at, 11, 600, colour)

    def _draw_legend(self, painter: QPainter, scene: Scene) -> None:
        """What the colours mean, and how many parameters there are."""
        tokens, y = self._tokens, scene.places.legend
        x = draw_signs(painter, self._theme, LEGEND_LEFT, y)
        metrics = QFontMetricsF(painter.font())
        baseline = y + metrics.capHeight() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.text3)
        painter.drawEllipse(QPointF(x + 3.5, y), 3.5, 3.5)
        painter.setPen(tokens.text2)
        painter.drawText(QPointF(x + 13, baseline), tr("bias"))
        count = tr("{count} parameters", count=f"{scene.structure.parameters:,}")
        right = (
            scene.places.width - self._theme.scaled(BESIDE_FILL) - metrics.horizontalAdvance(count)
        )
        painter.drawText(QPointF(right, baseline), count)

    def _draw_corners(self, painter: QPainter, scene: Scene) -> None:
        """What lies between the squares of the tiles and their round outlines, and these."""
        corners = QPainterPath()
        outlines = []
        for column in scene.places.columns:
            radius = TILE_RADIUS * min(column.side / TILE, 1.0)
            for top in column.tops:
                tile = QRectF(column.left, top, column.side, column.side)
                corners.addRect(tile)
                corners.addRoundedRect(tile, radius, radius)
                outlines.append((tile.adjusted(0.5, 0.5, -0.5, -0.5), radius - 0.5))
        painter.save()
        painter.setClipPath(corners)
        painter.drawImage(QPointF(scene.offset, 0), self.below)
        painter.restore()
        painter.setPen(QPen(faded(self._tokens.text, OUTLINE_ALPHA), 1))
        for outline, radius in outlines:
            painter.drawRoundedRect(outline, radius, radius)

    def _write(
        self,
        painter: QPainter,
        text: str,
        x: float,
        y: float,
        size: int,
        weight: int,
        colour: QColor,
    ) -> None:
        painter.setFont(self._theme.font(size, weight))
        painter.setPen(colour)
        area = QRectF(x - 100, y - 20, 200, 40)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def draw_signs(painter: QPainter, theme: Theme, x: float, y: float) -> float:
    """Paint, from x on and around y, what the two colours of weights mean; gives where it ends."""
    tokens = theme.tokens
    painter.setFont(theme.font(11, 400))
    metrics = QFontMetricsF(painter.font())
    baseline = y + metrics.capHeight() / 2
    for word, colour in (
        (tr("negative"), tokens.negative),
        (tr("positive weight"), tokens.positive),
    ):
        painter.setPen(QPen(colour, 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(x + 2, y), QPointF(x + LEGEND_DASH - 2, y))
        x += LEGEND_DASH + 6
        painter.setPen(tokens.text2)
        painter.drawText(QPointF(x, baseline), word)
        x += metrics.horizontalAdvance(word) + 16
    return x


def more_text(column: Column) -> str:
    """How many units are not shown: "+53", or which are: "12–22 / 64"."""
    if column.first == 0:
        return f"+{column.more}"
    return f"{column.first + 1}–{column.shown.stop} / {column.units}"


def _image(scene: Scene, form: QImage.Format, colour: QColor | Qt.GlobalColor) -> QImage:
    """An image of one colour for the visible part of the diagram."""
    width, height = scene.places.width * scene.ratio, scene.places.height * scene.ratio
    image = QImage(ceil(width), ceil(height), form)
    image.setDevicePixelRatio(scene.ratio)
    image.fill(colour)
    return image
