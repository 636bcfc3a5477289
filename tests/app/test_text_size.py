"""Text of other sizes, as the system has it or as is chosen: nothing is cut, all is in reach.

Where texts stand is found by listening to what is painted.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.app.panels.galleries import AllSources
from playground.app.theme import Theme, system_text_scale
from playground.app.views.drawer import VIEWS
from playground.app.window import SMALLEST, MainWindow
from playground.shipped import EXAMPLES
from playground.snapshot import Snapshot

SCALES = (1.0, 1.25, 1.5)
SIZES = ((1440, 900), (1024, 700))
FIELD = 4  # px that Qt leaves free on either side of a field's text
LEAN = 1.5  # px that letters may lean out of where they are measured to be
# Words that end so by themselves, and those that are told in full by a tooltip.
MEANT = ("CSV…", "Type…", "shortened: At ", "of triglycerides", "What do")
PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Text:
    """A text, the rectangle of its letters, and that of what it is painted on, in the window."""

    words: str
    letters: QRectF
    room: QRectF
    on: QWidget | None

    @property
    def is_cut(self) -> bool:
        """Whether letters are outside their room."""
        return not self.room.adjusted(-LEAN, -LEAN, LEAN, LEAN).contains(self.letters)

    def meets(self, other: "Text") -> bool:
        """Whether letters of both are in one place."""
        both = self.letters.intersected(other.letters)
        one_formula = len(self.words) == len(other.words) == 1
        return (
            not one_formula
            and self.letters != other.letters
            and min(both.width(), both.height()) > LEAN
        )

    def is_covered(self, window: MainWindow) -> bool:
        """Whether something else stands before it, as an open drawer does."""
        centre, on = self.letters.center().toPoint(), self.on
        for root in (window, window.columns):
            there = root.childAt(root.mapFrom(window, centre))
            apart = there is not None and on is not None and root.isAncestorOf(on)
            if apart and not (there is on or on.isAncestorOf(there) or there.isAncestorOf(on)):
                return True
        return False


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Text]]:
    """What is painted meanwhile by the program itself, which Qt's own labels are not."""
    heard: list[Text] = []
    paint = QPainter.drawText

    def listen(painter: QPainter, *given: object) -> None:
        device = painter.device()
        if isinstance(device, QWidget | QImage) and str(given[-1]).strip():
            letters = painter.worldTransform().mapRect(_letters(painter, given))
            on = device if isinstance(device, QWidget) else None
            room = _in_window(on) if on else QRectF(device.rect())
            if on:
                letters.translate(QPointF(on.mapTo(on.window(), on.rect().topLeft())))
            heard.append(Text(str(given[-1]), letters, room, on))
        paint(painter, *given)  # pyright: ignore[reportCallIssue, reportArgumentType]

    with monkeypatch.context() as patch:
        patch.setattr(QPainter, "drawText", listen)
        yield heard


def labels_of(window: QWidget) -> Iterator[Text]:
    """The texts of labels and fields that are seen."""
    for each in window.findChildren(QWidget):
        if isinstance(each, QLabel | QLineEdit) and each.isVisible() and each.text().strip():
            area, flags = QRectF(each.contentsRect()), each.alignment().value
            if isinstance(each, QLineEdit):
                area.adjust(FIELD, 0, -FIELD, 0)
            if isinstance(each, QLabel) and each.wordWrap():
                flags |= Qt.TextFlag.TextWordWrap.value
            letters = _measured(QFontMetricsF(each.font()), area, flags, each.text())
            letters.translate(QPointF(each.mapTo(each.window(), each.rect().topLeft())))
            yield Text(each.text(), letters, _in_window(each), each)


def faults(window: MainWindow, texts: list[Text]) -> list[str]:
    """What is cut, shortened or written over another text."""
    seen = [each for each in texts if not each.is_covered(window)]
    found = [f"cut: {each.words}" for each in seen if each.is_cut]
    whole = {action.words for action in window.actions_} | {"Save…"}  # what asks ends so
    short = [each for each in seen if each.words.endswith("…") and each.words not in whole]
    found += [f"shortened: {each.words}" for each in short]
    for one, other in combinations(seen, 2):
        if (one.on is None) == (other.on is None) and one.meets(other):
            found.append(f"over each other: {one.words} and {other.words}")
    return sorted(set(found))


def _letters(painter: QPainter, given: tuple[object, ...]) -> QRectF:
    """Where a call of `drawText` puts its letters."""
    metrics = QFontMetricsF(painter.font())
    place, *flags, words = given
    if isinstance(place, QPointF):
        return metrics.tightBoundingRect(str(words)).translated(place)
    wish = flags[0] if flags else 0
    flag = wish if isinstance(wish, int) else wish.value  # pyright: ignore[reportAttributeAccessIssue]
    return _measured(metrics, QRectF(place), flag, str(words))  # pyright: ignore[reportCallIssue, reportArgumentType]


def _measured(metrics: QFontMetricsF, area: QRectF, flags: int, words: str) -> QRectF:
    """The rectangle of letters in an area; of one line, without what is above and below them."""
    lines = metrics.boundingRect(area, flags, words)
    if lines.height() > 1.5 * metrics.height():
        return lines
    tight = metrics.tightBoundingRect(words)
    return tight.translated(lines.left(), lines.top() + metrics.ascent())


def _in_window(widget: QWidget) -> QRectF:
    """The part of the window in which a widget can be seen, if need be by scrolling."""
    room = QRectF(widget.rect())
    while not widget.isWindow():
        parent = widget.parentWidget()
        room.translate(QPointF(widget.pos()))
        widget = parent
        holder = parent.parentWidget()
        if isinstance(holder, QAbstractScrollArea) and holder.viewport() is parent:
            room.translate(QPointF(parent.mapTo(parent.window(), parent.rect().topLeft())))
            return room
        room = room.intersected(QRectF(parent.rect()))
    return room


@pytest.fixture(autouse=True)
def usual_size(theme: Theme) -> Iterator[None]:
    yield
    theme.text_scale = 1.0


def shown(window: MainWindow) -> Snapshot:
    assert window.session.snapshot is not None
    return window.session.snapshot


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until what was asked for last is shown."""
    session = window.session
    qtbot.waitUntil(lambda: shown(window).serial >= session.serial, timeout=PATIENCE_MS)


def unmeant(found: list[str]) -> list[str]:
    """The faults that are not meant to be."""
    return [each for each in found if not any(words in each for words in MEANT)]


def enlarge(qtbot: QtBot, window: MainWindow, theme: Theme, scale: float) -> None:
    """Have text of another size."""
    theme.text_scale = scale
    window.rebuild()
    QApplication.processEvents()
    settle(qtbot, window)
    QApplication.processEvents()


def texts(window: MainWindow, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> list[Text]:
    """Everything written in the window, of that size."""
    window.resize(size[0] + 1, size[1])  # so that all is painted then
    QApplication.processEvents()
    with listening(monkeypatch) as heard:
        window.resize(*size)
        window.grab()
        window.columns.grab()  # what is scrolled out too
    return [*heard, *labels_of(window)]


@pytest.mark.parametrize("scale", SCALES)
def test_no_text_is_cut_or_written_over_another(
    qtbot: QtBot,
    window: MainWindow,
    theme: Theme,
    monkeypatch: pytest.MonkeyPatch,
    scale: float,
) -> None:
    enlarge(qtbot, window, theme, scale)
    for size in SIZES:
        found = texts(window, monkeypatch, size)
        assert {"Run", "Activation", "Train", "Loss"} <= {each.words for each in found}
        assert not unmeant(faults(window, found))


def test_letters_that_grow_alone_are_noticed(
    qtbot: QtBot, window: MainWindow, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    font = theme.font
    with monkeypatch.context() as patch:
        patch.setattr(theme, "font", lambda size=13, weight=400: font(round(1.5 * size), weight))
        enlarge(qtbot, window, theme, 1.0)
        found = faults(window, texts(window, monkeypatch, SIZES[0]))
    for fault in ("cut", "shortened", "over each other"):
        assert any(each.startswith(fault) for each in unmeant(found))


def test_large_text_fits_in_every_example(
    qtbot: QtBot, window: MainWindow, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlarge(qtbot, window, theme, SCALES[-1])
    for example in EXAMPLES:
        window.session.open_example(example)
        settle(qtbot, window)
        for size in SIZES:
            found = texts(window, monkeypatch, size)
            assert not unmeant(faults(window, found)), example


def test_large_text_fits_in_every_view_of_the_drawer(
    qtbot: QtBot, window: MainWindow, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlarge(qtbot, window, theme, SCALES[-1])
    session = window.session
    session.run()
    qtbot.waitUntil(lambda: len(shown(window).kept_epochs) > 3, timeout=PATIENCE_MS)
    session.reset()  # the first run is kept
    session.step_epoch()
    settle(qtbot, window)
    for view in VIEWS:
        window.drawer.choose(view)
        for size in SIZES:
            found = texts(window, monkeypatch, size)
            if not window.drawer.is_open:
                window.drawer.switch()
                found = texts(window, monkeypatch, size)
            assert not unmeant(faults(window, found)), view


@pytest.mark.parametrize("sheet", ["palette", "keys", "teacher", "export", "errors"])
def test_large_text_fits_in_what_opens_over_the_window(
    qtbot: QtBot,
    window: MainWindow,
    theme: Theme,
    monkeypatch: pytest.MonkeyPatch,
    sheet: str,
) -> None:
    enlarge(qtbot, window, theme, SCALES[-1])
    window.actions_[sheet].act()
    found = texts(window, monkeypatch, SIZES[0])
    assert not unmeant(faults(window, found))


def test_the_smallest_window_stays_as_small_and_scrolls_up_and_down_only(
    qtbot: QtBot, window: MainWindow, theme: Theme
) -> None:
    enlarge(qtbot, window, theme, SCALES[-1])
    window.resize(0, 0)
    QApplication.processEvents()
    assert window.size() == SMALLEST
    viewport, columns = window.columns.parentWidget(), window.columns
    assert viewport is not None
    area = viewport.parentWidget()
    assert isinstance(area, QScrollArea)
    assert columns.width() == viewport.width()
    assert area.verticalScrollBar().maximum() == columns.height() - viewport.height() > 0
    enlarge(qtbot, window, theme, SCALES[0])
    assert window.columns.size() == window.columns.parentWidget().size()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_opens_in_large_text_is_no_larger_than_the_screen(
    qtbot: QtBot, window: MainWindow, theme: Theme
) -> None:
    enlarge(qtbot, window, theme, SCALES[-1])
    window.data.sources.more.click()
    opened = window.findChild(AllSources)
    assert opened is not None
    assert window.screen().availableGeometry().contains(opened.geometry())
    area = opened.findChild(QScrollArea)
    assert area is not None
    beyond = area.widget().height() - area.viewport().height()
    assert area.verticalScrollBar().maximum() == beyond > 0


def test_the_text_of_the_system_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"darwin": 13, "win32": 12}.get(sys.platform, 15)
    for pixels, scale in ((usual - 4, 1.0), (usual, 1.0), (1.2 * usual, 1.2), (4 * usual, 1.5)):
        font = QFont()
        font.setPixelSize(round(pixels))
        monkeypatch.setattr(QFontDatabase, "systemFont", lambda kind, font=font: font)
        assert system_text_scale() == pytest.approx(scale, abs=0.05)


PROGRAM = """
import sys
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication
QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, sys.argv[1])
from playground.app.main import Application
application = Application()
window, app = application.window, QApplication.instance()
said = lambda: print(round(window.transport.height() / 56, 2), flush=True)
said()
large = QFont()
large.setPixelSize(18)
QFontDatabase.systemFont = lambda kind: large
app.sendEvent(window, QEvent(QEvent.Type.ThemeChange))
said()
for action in sys.argv[2:]:
    window.actions_[action].act()
    said()
"""


def test_text_follows_the_system_until_another_size_is_chosen(tmp_path: Path) -> None:
    def sizes(*actions: str) -> list[float]:
        command = [sys.executable, "-c", PROGRAM, str(tmp_path), *actions]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return list(map(float, done.stdout.split()))

    usual, system, *chosen = sizes("smaller", "larger", "larger")
    assert usual < system
    assert chosen == [1.0, 1.25, 1.5]
    assert sizes("usual") == [1.5, 1.5, system]
