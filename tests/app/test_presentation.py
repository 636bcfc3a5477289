"""The presentation as a teacher has it, and the contrast of all three themes."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from playground.app.controls.button import Pressable
from playground.app.presentation import Presentation
from playground.app.theme import DARK, LIGHT, PROJECTOR, Tokens, diverging_table
from playground.app.window import MainWindow
from playground.engine.layers import Dense

PATIENCE_MS = 20_000


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> Presentation:
    qtbot.keyClick(window, Qt.Key.Key_F5)
    QApplication.processEvents()  # it is made anew if the screen has another size
    assert window.presentation is not None
    return window.presentation


def test_f5_presents_and_escape_leaves(
    qtbot: QtBot, window: MainWindow, page: Presentation
) -> None:
    assert page.isVisible()
    assert not window.columns.isVisible()
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.presentation is None
    assert window.columns.isVisible()
    assert not window.isFullScreen()
    window.transport.present.click()
    assert window.presentation is not None
    qtbot.mouseClick(window.presentation.leave, Qt.MouseButton.LeftButton)
    assert window.columns.isVisible()


def test_what_is_presented_is_the_same_network(
    qtbot: QtBot, window: MainWindow, page: Presentation
) -> None:
    session = window.session
    qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.snapshot.epoch >= 5, timeout=PATIENCE_MS)
    assert page.run.text() == "Pause"
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    assert page.epoch.text() == f"{session.snapshot.epoch:,}"
    assert page.correct.text() == f"{100 * session.snapshot.metrics['train']['accuracy']:.0f} %"
    qtbot.mouseClick(page.faster, Qt.MouseButton.LeftButton)
    assert session.experiment.optimizer.learning_rate == 0.003
    qtbot.mouseClick(page.tiles["xor"], Qt.MouseButton.LeftButton)
    assert session.experiment.data.source == "xor"
    page.activation.set_value("relu")
    page.activation.changed.emit("relu")
    assert {layer.activation for layer in session.experiment.layers} == {"relu"}


@pytest.mark.parametrize("size", [(1024, 700), (1280, 720), (1920, 1080)])
def test_it_is_read_and_hit_from_afar(
    window: MainWindow, page: Presentation, size: tuple[int, int]
) -> None:
    window.showNormal()
    window.resize(*size)
    window.session.edit("layers", (Dense(8), Dense(16), Dense(6)))
    page = window.presentation  # another one suits this size
    assert page is not None
    for words in page.findChildren(QLabel):
        assert words.font().pixelSize() >= 16, words.text()
        if words.isVisible() and words.text():
            needed = words.fontMetrics().horizontalAdvance(words.text())
            assert words.width() >= needed, words.text()
    for control in page.findChildren(Pressable):
        if control.isVisible():
            assert min(control.width(), control.height()) >= 44, control.accessibleName()
    for each in (*page.tiles.values(), page.key, page.activation, page.rate):
        assert each.isVisible()
        assert each.parentWidget().rect().contains(each.geometry())
    assert page.rect().contains(page.plot.geometry())
    assert not page.plot.geometry().intersects(page.network.geometry())
    assert not page.network.bar.isVisible()
    for column in page.network.structure.dense:
        places, stepper = page.network.places, page.network.controls.steppers[column - 1]
        left, _, width, _ = places.box(column)
        assert left <= stepper.x()
        assert stepper.geometry().right() <= left + width


def test_a_larger_page_shows_all_of_it_larger(window: MainWindow, page: Presentation) -> None:
    window.showNormal()
    sizes = []
    for times in (1, 2):
        window.resize(1280 * times, 720 * times)
        shown = window.presentation
        assert shown is not None
        tile = shown.network.places.columns[1].side
        sizes.append((shown.epoch.font().pixelSize(), shown.run.height(), shown.plot.width(), tile))
    small, large = np.array(sizes)
    assert np.allclose(large / small, 2, rtol=0.15)
    assert window.presentation is not page


def test_a_teacher_hides_what_is_presented_too(window: MainWindow, page: Presentation) -> None:
    window.session.edit("view.hidden", ("data", "step"))
    assert not page.tiles["xor"].isVisible()
    assert not page.step.isVisible()
    assert page.reset.isVisible()


def test_the_page_behind_rests_and_is_new_when_it_comes_back(
    qtbot: QtBot, window: MainWindow, page: Presentation
) -> None:
    session, curves = window.session, window.curves
    assert not session.wanted.diagnosis
    session.run()
    qtbot.waitUntil(lambda: session.snapshot.epoch >= 5, timeout=PATIENCE_MS)
    session.pause()
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    assert curves.plot.axes is None
    weights = session.snapshot.parameters["0.weight"]
    assert not np.array_equal(window.network.diagram.numbers.weights(1), weights)
    window.toggle_presentation()
    epochs = curves.plot.lines[0].x
    assert epochs[-1] == session.snapshot.history["epoch"][-1]
    assert np.array_equal(window.network.diagram.numbers.weights(1), weights)


# Contrast: the figures of WCAG, from the tokens


def luminance(colour: QColor) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: QColor, second: QColor) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


THEMES = {"light": LIGHT, "dark": DARK, "projector": PROJECTOR}
# Ink, ground, and the figure of the design for light, dark and projector.
FIGURES = [
    ("text", "panel", (17.7, 15.3, 21)),
    ("text2", "panel", (7.6, 9.4, 13.8)),
    ("text3", "panel", (5.4, 5.9, 9.4)),
    ("text3", "window", (4.9, 6.4, 9.4)),
    ("accent", "panel", (6.1, 6.8, 8.3)),
    ("on_accent", "accent_fill", (6.1, 4.9, 8.3)),
    ("negative", "panel", (5.0, 8.4, 5.5)),
    ("positive", "panel", (5.7, 7.8, 7.1)),
    ("ok", "ok_tint", (4.6, 6.5, 4.6)),
    ("warn", "warn_tint", (4.6, 6.5, 4.6)),
    ("error", "error_tint", (4.6, 6.5, 4.6)),
    ("ctl", "sunk", (3.3, 3.4, 3.2)),
]


@pytest.mark.parametrize(("ink", "ground", "figures"), FIGURES)
def test_contrast_is_as_designed(ink: str, ground: str, figures: tuple[float, ...]) -> None:
    for (name, tokens), least in zip(THEMES.items(), figures, strict=True):
        found = contrast(getattr(tokens, ink), getattr(tokens, ground))
        assert found >= least - 0.06, f"{ink} on {ground}, {name}: {found:.2f}"


@pytest.mark.parametrize(("tokens", "least"), [(LIGHT, 3.0), (DARK, 3.4), (PROJECTOR, 3.1)])
def test_points_are_seen_on_the_field_of_their_class(tokens: Tokens, least: float) -> None:
    table = diverging_table(tokens, tokens.field_share)
    for colour, field in ((tokens.negative, table[0]), (tokens.positive, table[255])):
        assert contrast(colour, QColor(field)) >= least - 0.05


@pytest.mark.parametrize(("tokens", "least"), [(LIGHT, 3.0), (DARK, 3.6), (PROJECTOR, 3.0)])
def test_lines_of_runs_are_seen(tokens: Tokens, least: float) -> None:
    for colour in tokens.runs:
        assert contrast(colour, tokens.panel) >= least - 0.05


# What reaches people who do not use a mouse, or do not see the window


def test_everything_that_is_pressed_has_a_name_and_is_large_enough(window: MainWindow) -> None:
    for control in window.findChildren(Pressable):
        if control.isVisible():
            assert control.accessibleName(), control
            assert min(control.width(), control.height()) >= 26, control.accessibleName()


def test_tab_goes_through_the_window_in_its_order(qtbot: QtBot, window: MainWindow) -> None:
    parts = [
        window.transport,
        window.data,
        window.network,
        window.settings.layer,
        window.settings.training,
        window.drawer,
        window.boundary,
        window.curves,
    ]
    visited: list[QWidget] = []
    window.transport.title.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(200):
        focused = window.focusWidget()
        part = next((part for part in parts if part.isAncestorOf(focused)), None)
        if part is not None and part not in visited:
            visited.append(part)
        window.focusNextChild()
    assert visited == parts
