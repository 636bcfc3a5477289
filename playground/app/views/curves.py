"""The card of the curves: loss or accuracy by epoch, the way back in time, and the scores."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.app.controls.card import PADDING, SHADOW, Card
from playground.app.controls.segmented import Segmented
from playground.app.controls.text import number_text
from playground.app.panels.training import LEARNING_RATES
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.graph import Graph, value_text
from playground.app.views.graph_marks import Line, Mark
from playground.app.views.history import HistorySlider
from playground.app.views.legend import Legend
from playground.app.views.live import Live
from playground.app.views.pace import Pace
from playground.app.views.scores import Scores
from playground.app.views.smoothing import smoothed
from playground.app.views.strip import Strip
from playground.app.views.view_settings import ViewSettings
from playground.app.words import tr
from playground.snapshot import Snapshot

ROOM_FOR_BOTH = 320
ROOM_FOR_AXIS = 412  # of the card, which it has where the column is as first made
RATE_PATH = "optimizer.learning_rate"
SETTINGS = ("view.accuracy", "view.log_loss", "view.smoothing")


class CurvesView(Card):
    """Shows how loss or accuracy went, epoch by epoch, and lets one go back to an earlier one."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("Loss"), parent)
        self._session = session
        self._view = session.experiment.view
        self._pace = Pace(phase=0.0)
        self.axis = Segmented(theme, tr("Loss axis"), {"linear": tr("Linear"), "log": tr("Log")})
        self.axis.changed.connect(self._choose_axis)
        self.axis.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.settings = ViewSettings(theme, session, tr("Curves"), SETTINGS)
        self.legend = Legend(theme)
        for control in (self.legend, self.axis, self.settings):
            self.add_to_head(control)
        self.plot = Graph(theme, tr("Loss by epoch"), tr("epoch"))
        self.plot.show_lines((), tr("Press Run or Space"))
        self.history = HistorySlider(theme, session)
        self.trouble = Strip(theme, "error", "alert", ("", ""), below=True)
        self.trouble.buttons[0].clicked.connect(self._undo_divergence)
        self.trouble.buttons[1].clicked.connect(self._try_lower_rate)
        self.earlier = Strip(theme, "accent", "info", (tr("Back to newest"),))
        self.earlier.buttons[0].clicked.connect(self._back_to_newest)
        self.finished = Strip(theme, "ok", "check", (tr("Restore best"),))
        self.finished.buttons[0].clicked.connect(session.restore_best)
        self.scores = Scores(theme)
        self.scores.reveal_asked.connect(session.reveal_test)
        self._fill()
        session.experiment_changed.connect(self._show_view)
        self._show_view()
        Live(session, self, self.show_snapshot)

    def _fill(self) -> None:
        self.content.addWidget(self.plot, 1)
        self.content.addWidget(self.history)
        for strip in (self.trouble, self.earlier, self.finished):
            self.content.addWidget(strip)
        self._rule = _line(self._theme)
        self.content.addWidget(self._rule)
        self.content.addWidget(self.scores)
        self.content.setSpacing(6)
        side = SHADOW + PADDING
        frame = self.layout()
        assert frame is not None
        frame.setContentsMargins(side, SHADOW + 11, side, SHADOW + 14)
        frame.setSpacing(4)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another moment of training; curves that run on, not at each of them."""
        if self._pace.is_due(snapshot):
            self._show_curves(snapshot)
            self.history.show_snapshot(snapshot, self.plot.axes)
        self.scores.show_snapshot(snapshot)
        self._show_strips(snapshot)

    def _show_curves(self, snapshot: Snapshot) -> None:
        accuracy = self._shows_accuracy
        history, tokens = snapshot.history, self._theme.tokens
        measure = "accuracy" if accuracy else "loss"
        factor = 100.0 if accuracy else 1.0
        lines: list[Line] = []
        faint: list[Line] = []
        if history["epoch"].any():
            for split, name, colour in (
                ("train", tr("train"), tokens.text),
                ("validation", tr("validation"), tokens.accent),
            ):
                x, y = history["epoch"], factor * history[f"{split}_{measure}"]
                dashed = split == "validation"
                if self._view.smoothing:
                    faint.append(Line(name, x, y, colour, faint=True))
                    y = smoothed(y, self._view.smoothing)
                lines.append(Line(name, x, y, colour, dashed))
            said = (f"{line.name} {value_text(line.y[-1])}" for line in lines)
            self.plot.setAccessibleDescription(", ".join(said))
        empty = tr("Press Run or Space") if snapshot.status == "ready" else ""
        if snapshot.stopped_by == "no samples":
            empty = tr("Place some points first")
        self.plot.show_lines([*lines, *faint], empty)
        self.plot.show_marks(self._marks(snapshot))

    @property
    def _shows_accuracy(self) -> bool:
        return self._view.accuracy and self._session.experiment.task != "regression"

    def _marks(self, snapshot: Snapshot) -> list[Mark]:
        """What was changed while it trained, the best epoch, and the one that is seen."""
        tokens = self._theme.tokens
        marks = [Mark(event.epoch, event.what, tokens.ctl) for event in snapshot.events]
        if snapshot.best_epoch > 0:
            best = tr("best epoch {epoch:,}", epoch=snapshot.best_epoch)
            marks.append(Mark(snapshot.best_epoch, best, tokens.ok, tr("validation")))
        if snapshot.epoch < snapshot.newest_epoch:
            seen = tr("seen: epoch {epoch:,}", epoch=snapshot.epoch)
            marks.append(Mark(snapshot.epoch, seen, tokens.accent))
        return marks

    # What has happened

    def _show_strips(self, snapshot: Snapshot) -> None:
        epoch, newest = snapshot.epoch, snapshot.newest_epoch
        gone_back = epoch < newest
        diverged = snapshot.status == "diverged"
        empty = snapshot.stopped_by == "no samples"
        finished = snapshot.status == "finished" and not gone_back and not empty
        if diverged:
            rate = smaller_rate(snapshot.experiment.optimizer.learning_rate)
            before = self._last_kept(snapshot)
            undo = tr("Reset") if before is None else tr("Undo to epoch {epoch:,}", epoch=before)
            self.trouble.tell(tr(snapshot.message), undo, tr("Try {rate}", rate=number_text(rate)))
        elif gone_back:
            words = tr(
                "Epoch {epoch:,} of {newest:,}: Run goes on here", epoch=epoch, newest=newest
            )
            self.earlier.tell(words)
        elif finished:
            self._show_finished(snapshot)
        self.trouble.setVisible(diverged)
        self.earlier.setVisible(gone_back and not diverged)
        self.finished.setVisible(finished)
        self._make_room()

    def _show_finished(self, snapshot: Snapshot) -> None:
        offered = snapshot.best_epoch > 0 and snapshot.best_differs
        words = tr("Best: epoch {epoch:,}", epoch=snapshot.best_epoch)
        self.finished.tell(
            words if offered else tr(snapshot.message), tr("Restore best") if offered else ""
        )

    def _last_kept(self, snapshot: Snapshot) -> int | None:
        """The newest epoch before a divergence that one can go back to."""
        before = snapshot.kept_epochs[snapshot.kept_epochs <= snapshot.epoch]
        return int(before[-1]) if len(before) and before[-1] > 0 else None

    def _undo_divergence(self) -> None:
        snapshot = self._session.snapshot
        before = self._last_kept(snapshot) if snapshot else None
        if before is None:
            self._session.reset()
        else:
            self._session.go_to(before)

    def _try_lower_rate(self) -> None:
        rate = smaller_rate(self._session.experiment.optimizer.learning_rate)
        if self._session.edit(RATE_PATH, rate):
            self._session.reset()

    def _back_to_newest(self) -> None:
        self._session.go_to(None)

    # How it is shown

    def _choose_axis(self, key: str) -> None:
        self._session.edit("view.log_loss", key == "log")

    def _show_view(self) -> None:
        before, self._view = self._view, self._session.experiment.view
        accuracy = self._shows_accuracy
        self.axis.set_value("log" if self._view.log_loss else "linear")
        self.plot.set_log(self._view.log_loss and not accuracy)
        self.set_title(tr("Accuracy") if accuracy else tr("Loss"))
        self.plot.setAccessibleName(tr("Accuracy by epoch") if accuracy else tr("Loss by epoch"))
        regression = self._session.experiment.task == "regression"
        self.settings.put_away(*(["view.accuracy"] if regression else []))
        self._make_room()
        self._pace.hurry()
        if before != self._view and self._session.snapshot is not None:
            self.show_snapshot(self._session.snapshot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._make_room()

    def _make_room(self) -> None:
        """In a low card the scores move into the title's row, and trouble hides the curves."""
        low = self.height() < self._theme.scaled(ROOM_FOR_BOTH)
        curves = self.trouble.isHidden() or not low
        self.plot.setVisible(curves)
        self.history.setVisible(curves)
        for each in (self._rule, self.scores):
            each.setVisible(not low)
        scores = self.scores.in_short if low else ()
        self.legend.show_scores(scores)
        self.title.setVisible(len(scores) < 3)
        wide = self.width() >= self._theme.scaled(ROOM_FOR_AXIS)
        self.axis.setVisible(wide and not self._shows_accuracy)


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
