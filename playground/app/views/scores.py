"""The scores below the curves: training, validation, and the test score that is hidden at first."""

import math

from PySide6.QtCore import QElapsedTimer, QPointF, QSize, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.app.controls.button import Button
from playground.app.controls.text import MINUS, number_text
from playground.app.theme import Theme
from playground.app.views.readout import fixed
from playground.app.words import tr
from playground.snapshot import Snapshot

HEIGHT = 48
NAME_BASELINE = 12
VALUE_BASELINE = 42
BUTTON = 21, 26  # its top and height
NONE = "–"  # where there is no score
SPLITS = ("train", "validation", "test")
NAMES = {"loss": "Loss", "accuracy": "Accuracy", "mae": "MAE", "rmse": "RMSE", "r2": "R²"}
FAR = 100  # an R² below minus this has three digits, wherever its point is
PAUSE_MS = 100  # between two changes of the numbers while training: faster cannot be read


class Score(QWidget):
    """A name above a number."""

    def __init__(self, theme: Theme, colour: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour = colour
        self.name = self.value = self.unit = ""
        self.setFixedHeight(theme.scaled(HEIGHT))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(96), self.minimumHeight())

    def show_score(self, name: str, value: str, unit: str = "") -> None:
        """Show a number; an empty text shows none."""
        if (name, value, unit) != (self.name, self.value, self.unit):
            self.name, self.value, self.unit = name, value, unit
            self.setAccessibleName(f"{name} {value} {unit}".strip())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font(12, 500))
        painter.setPen(self._theme.tokens.text2)
        painter.drawText(QPointF(0, self._theme.scaled(NAME_BASELINE)), self.name)
        large = self._theme.font(22, 600)
        unit_left = QFontMetricsF(large).horizontalAdvance(self.value) + 4
        baseline = self._theme.scaled(VALUE_BASELINE)
        painter.drawText(QPointF(unit_left, baseline), self.unit)
        painter.setFont(large)
        painter.setPen(self._colour)
        painter.drawText(QPointF(0, baseline), self.value)


class Scores(QWidget):
    """Accuracies of a classification, R² of a regression; a tooltip says all there is."""

    reveal_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.train = Score(theme, theme.tokens.text)
        self.validation = Score(theme, theme.tokens.accent)
        self.test = Score(theme, theme.tokens.text)
        self.reveal = Button(theme, tr("Reveal"), parent=self.test)
        self.reveal.setAccessibleName(tr("Reveal the test score"))
        wide, (top, high) = self.reveal.sizeHint().width(), map(theme.scaled, BUTTON)
        self.reveal.setGeometry(0, top, wide, high)
        self.reveal.clicked.connect(self.reveal_asked)
        self.reveal.hide()
        self._clock = QElapsedTimer()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for score in (self.train, self.validation, self.test):
            row.addWidget(score, 1)

    @property
    def in_short(self) -> tuple[str, ...]:
        """The scores of training and validation, and of the test where it is revealed."""
        shown = (self.train, self.validation, self.test)
        texts = [f"{score.value} {score.unit}".strip() for score in shown]
        if texts[2] in ("", NONE):
            return tuple(texts[:2])
        return (*texts[:2], tr("test {score}", score=texts[2]))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the scores of another moment."""
        running = snapshot.status == "running"
        revealed = "test" in snapshot.metrics and not self.test.value
        if running and not revealed and self._clock.isValid() and self._clock.elapsed() < PAUSE_MS:
            return
        self._clock.start()
        values = snapshot.data.dataset.task == "regression"
        train = tr("Train R²") if values else tr("Train accuracy")
        validation = tr("Validation R²") if values else tr("Validation")
        self.train.show_score(train, *_score(snapshot, "train"))
        self.validation.show_score(validation, *_score(snapshot, "validation"))
        for split in SPLITS:
            getattr(self, split).setToolTip(_all_scores(snapshot, split))
        hidden = "test" not in snapshot.metrics and len(snapshot.data.splits["test"]) > 0
        if hidden:
            self.test.show_score(tr("Test (hidden)"), "")
        else:
            self.test.show_score(tr("Test R²") if values else tr("Test"), *_score(snapshot, "test"))
        self.reveal.setVisible(hidden)


def _score(snapshot: Snapshot, split: str) -> tuple[str, str]:
    """A split's score and its unit; a dash where there are no samples or the score is no number."""
    scores = snapshot.metrics.get(split, {})
    if snapshot.data.dataset.task == "regression":
        r2 = scores.get("r2", math.nan)
        if math.isinf(r2):  # the losses of large weights may be beyond all numbers
            return f"{MINUS}∞", ""
        return (number_text(float(f"{r2:.3g}")) if abs(r2) > FAR else fixed(r2, 3)), ""
    accuracy = scores.get("accuracy", math.nan)
    return (f"{100 * accuracy:.1f}", "%") if math.isfinite(accuracy) else (NONE, "")


def _all_scores(snapshot: Snapshot, split: str) -> str:
    """Every score of a split: "Loss 0.31, MAE 0.42, RMSE 0.55, R² 0.61"."""
    scores = snapshot.metrics.get(split, {})
    known = {name: value for name, value in scores.items() if math.isfinite(value)}
    return ", ".join(
        f"{tr(NAMES[name])} {number_text(float(f'{known[name]:.4g}'))}" for name in known
    )
