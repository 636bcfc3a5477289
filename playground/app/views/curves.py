"""The card of the loss: its curves, the scores, and what to do when training diverged."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from playground.app.controls.button import Button
from playground.app.controls.card import PADDING, SHADOW, Card
from playground.app.controls.segmented import Segmented
from playground.app.controls.text import label, number_text
from playground.app.panels.training import LEARNING_RATES
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.graph import DASH, GAP, Graph, Line, curve_pen, value_text
from playground.app.views.scores import Scores
from playground.app.views.strokes import dashed, draw_segments
from playground.snapshot import Snapshot

SWATCH = 17
SWATCH_GAP = 5
LEGEND_GAP = 14
LEGEND_LEFT = 14
ROOM_FOR_BOTH = 320
RATE_PATH = "optimizer.learning_rate"


class CurvesView(Card):
    """Shows how the loss went, epoch by epoch."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Loss", parent)
        self._session = session
        self.axis = Segmented(theme, "Loss axis", {"linear": "Linear", "log": "Log"})
        self.axis.changed.connect(self._choose_axis)
        self.axis.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.add_to_head(Legend(theme))
        self.add_to_head(self.axis)
        self.plot = Graph(theme, "Loss by epoch")
        self.trouble = Trouble(theme)
        self.trouble.lower_rate.clicked.connect(self._try_lower_rate)
        self.trouble.reset.clicked.connect(session.reset)
        self.scores = Scores(theme)
        self.scores.reveal_asked.connect(session.reveal_test)
        self.content.addWidget(self.plot, 1)
        self.content.addWidget(self.trouble)
        self.content.addSpacing(2)
        self.content.addWidget(_line(theme))
        self.content.addSpacing(1)
        self.content.addWidget(self.scores)
        side = SHADOW + PADDING
        frame = self.layout()
        assert frame is not None
        frame.setContentsMargins(side, SHADOW + 11, side, SHADOW + 18)
        frame.setSpacing(4)
        session.experiment_changed.connect(self._show_axis)
        session.snapshot_changed.connect(self.show_snapshot)
        self._show_axis()
        if session.snapshot is not None:
            self.show_snapshot(session.snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another moment of training."""
        self._show_curves(snapshot)
        self.scores.show_snapshot(snapshot)
        if snapshot.status == "diverged":
            rate = smaller_rate(snapshot.experiment.optimizer.learning_rate)
            self.trouble.tell(snapshot.message, rate)
        self.trouble.setVisible(snapshot.status == "diverged")
        self._make_room()

    def _show_curves(self, snapshot: Snapshot) -> None:
        history, tokens = snapshot.history, self._theme.tokens
        waiting = snapshot.status == "ready"
        lines = []
        if history["epoch"].any():
            for split, colour in (("train", tokens.text), ("validation", tokens.accent)):
                y, dashed = history[f"{split}_loss"], split == "validation"
                lines.append(Line(split, history["epoch"], y, colour, dashed))
            said = (f"{line.name} loss {value_text(line.y[-1])}" for line in lines)
            self.plot.setAccessibleDescription(", ".join(said).capitalize())
        self.plot.show_lines(lines, "Press Run or Space" if waiting else "")

    def _choose_axis(self, key: str) -> None:
        self._session.edit("view.log_loss", key == "log")

    def _show_axis(self) -> None:
        log = self._session.experiment.view.log_loss
        self.axis.set_value("log" if log else "linear")
        self.plot.set_log(log)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._make_room()

    def _make_room(self) -> None:
        """In a low card the trouble takes the place of the curves."""
        self.plot.setVisible(self.trouble.isHidden() or self.height() >= ROOM_FOR_BOTH)

    def _try_lower_rate(self) -> None:
        if self._session.edit(RATE_PATH, self.trouble.rate):
            self._session.reset()


class Legend(QWidget):
    """Which curve is which; in short words where there is little room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(self._width("validation"), 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width("val"), 16)

    def _width(self, validation: str) -> int:
        advance = QFontMetricsF(self._theme.font(12, 500)).horizontalAdvance
        gaps = LEGEND_LEFT + LEGEND_GAP + 2 * (SWATCH + SWATCH_GAP)
        return round(gaps + advance("train") + advance(validation)) + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, centre = self._theme.tokens, self.height() / 2
        long = self.width() >= self.sizeHint().width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(12, 500))
        left = float(LEGEND_LEFT)
        for word, colour, dashes in (
            ("train", tokens.text, False),
            ("validation" if long else "val", tokens.accent, True),
        ):
            painter.setPen(curve_pen(colour, dashes))
            line = np.array([[left, centre, left + SWATCH, centre]])
            draw_segments(painter, dashed(line, DASH, GAP) if dashes else line)
            left += SWATCH + SWATCH_GAP
            width = painter.fontMetrics().horizontalAdvance(word) + 1
            painter.setPen(tokens.text2)
            rect = QRectF(left, 0, width, self.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, word)
            left += width + LEGEND_GAP


class Trouble(QWidget):
    """Says why training diverged and offers two ways out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rate = 0.0
        self._words = label(theme, colour=theme.tokens.error)
        self._words.setWordWrap(True)
        self.lower_rate = Button(theme, "Try")
        self.reset = Button(theme, "Reset")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.lower_rate)
        buttons.addWidget(self.reset)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(36, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addLayout(buttons)
        self.hide()

    def tell(self, message: str, rate: float) -> None:
        """Show why it diverged, and a learning rate to try."""
        self.rate = rate
        self._words.setText(message)
        self.lower_rate.set_face(f"Try {number_text(rate)}")
        self.setAccessibleName(message)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.error_tint)
        painter.drawRoundedRect(self.rect(), 8, 8)
        self._theme.draw_icon(painter, "alert", tokens.error, QRectF(12, 10, 16, 16))


def smaller_rate(rate: float) -> float:
    """The largest learning rate on offer that is at most a tenth of `rate`."""
    tenth = rate / 10 * (1 + 1e-9)
    return max((stop for stop in LEARNING_RATES.stops if stop <= tenth), default=rate / 10)


def _line(theme: Theme) -> QWidget:
    line = QWidget()
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    palette = line.palette()
    palette.setColor(palette.ColorRole.Window, theme.tokens.line)
    line.setPalette(palette)
    return line
