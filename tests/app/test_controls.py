"""The controls, used as a person does: by mouse, by keys, by typing."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from playground.app.controls.button import Button, IconButton
from playground.app.controls.combo import Combo
from playground.app.controls.formula import Formula
from playground.app.controls.note import Note
from playground.app.controls.scale import Linear, Log, Scale, Stops
from playground.app.controls.segmented import Segmented
from playground.app.controls.slider import Slider
from playground.app.controls.split import SplitBar
from playground.app.controls.stepper import Stepper
from playground.app.controls.text import number_text, read_number
from playground.app.controls.tile import Gallery, Tile
from playground.app.theme import PROJECTOR, Theme
from playground.experiment import Split

# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton
RATES = Stops((0.001, 0.003, 0.01, 0.03, 0.1))
SCALES = (
    Linear(0, 0.5, 0.01),
    Linear(-10, 10, 0.1),
    Log(10, 100_000),
    Log(1, 350),
    Log(1e-12, 1, digits=1, zero=True),
    RATES,
    Stops((0, 0.001, 0.01, 0.1, 1)),
)


class Bench(QWidget):
    """A window for a control, with another place for the focus beside it."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.qtbot = qtbot
        self.other = QLineEdit()
        self.row = QHBoxLayout(self)

    def put(self, control: QWidget, width: int = 0) -> None:
        """Show the control, with a width of its own if one is given."""
        if width:
            control.setFixedWidth(width)
        self.row.addWidget(control)
        self.row.addWidget(self.other)
        self.show()
        self.activateWindow()
        self.qtbot.waitUntil(self.isActiveWindow)
        self.other.setFocus()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    window = Bench(qtbot)
    qtbot.addWidget(window)
    return window


def drag(widget: QWidget, start: QPoint, *path: QPoint) -> None:
    """Press, move and release, as a hand does (QTest moves without the button held)."""
    kind = QEvent.Type
    steps = [(kind.MouseButtonPress, start), *((kind.MouseMove, each) for each in path)]
    steps.append((kind.MouseButtonRelease, path[-1]))
    for what, place in steps:
        held = Qt.MouseButton.NoButton if what == kind.MouseButtonRelease else LEFT
        button = Qt.MouseButton.NoButton if what == kind.MouseMove else LEFT
        world = QPointF(widget.mapToGlobal(place))
        none = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(what, QPointF(place), world, button, held, none)
        QApplication.sendEvent(widget, event)


def turn_wheel(widget: QWidget) -> bool:
    """Turn the mouse wheel up over a widget; whether the widget took it."""
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(widget.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


# Numbers and scales


@pytest.mark.parametrize(
    ("value", "text"),
    [(500, "500"), (100_000, "100,000"), (-0.5, "−0.5"), (1e-5, "1e−5"), (0.0002, "0.0002")],
)
def test_a_shown_number_can_be_typed_again(value: float, text: str) -> None:
    assert number_text(value) == text
    assert read_number(text, isinstance(value, int)) == value


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1.2.3", "0x10"])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert read_number(text) is None


def test_a_decimal_comma_is_understood() -> None:
    assert read_number("0,3") == 0.3


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_a_scale_offers_rising_values_and_finds_their_places_again(scale: Scale) -> None:
    values = [scale.value(index / 200) for index in range(201)]
    assert values == sorted(values)
    for value in values:
        assert scale.value(scale.place(value)) == pytest.approx(value, rel=1e-9, abs=1e-15)
    assert scale.place(values[0]) == 0
    assert scale.place(values[-1]) == 1


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_steps_up_a_scale_reach_its_end_and_the_steps_down_its_beginning(scale: Scale) -> None:
    first, last = scale.value(0), scale.value(1)
    value, seen = first, [first]
    while value < last:
        value = scale.moved(value, 1)
        assert value > seen[-1]
        seen.append(value)
    for expected in reversed(seen[:-1]):
        value = scale.moved(value, -1)
        assert value == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert scale.moved(value, -1) == first


def test_a_step_from_between_two_stops_goes_to_the_next() -> None:
    assert RATES.moved(0.008, 1) == 0.01
    assert RATES.moved(0.008, -1) == 0.003


# Slider


def rate(bench: Bench, theme: Theme) -> tuple[Slider, list[float]]:
    """A slider for a learning rate of 0.008, and what it emits."""
    slider = Slider(theme, "Learning rate", RATES, label_width=86)
    slider.set_value(0.008)
    bench.put(slider, 300)
    emitted: list[float] = []
    slider.changed.connect(emitted.append)
    return slider, emitted


def test_a_dragged_slider_tells_each_new_value_while_it_moves(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    slider, emitted = rate(bench, theme)
    track = slider.track
    middle = track.height() // 2
    drag(track, *(QPoint(x, middle) for x in (0, 5, track.width() // 2, track.width())))
    assert emitted == [0.001, 0.01, 0.1]
    assert slider.edit.text() == "0.1"


def test_showing_a_value_tells_nothing(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider, emitted = rate(bench, theme)
    slider.set_value(0.03)
    assert (emitted, slider.edit.text()) == ([], "0.03")


@pytest.mark.parametrize("value", [0.03, 0.002199, 0.00123457])
def test_a_value_with_many_digits_is_whole(bench: Bench, theme: Theme, value: float) -> None:
    slider = Slider(theme, "Learning rate", RATES, label_width=86, value_width=46)
    bench.put(slider, 184)
    slider.set_value(value)
    needed = slider.edit.fontMetrics().horizontalAdvance(number_text(value))
    assert slider.edit.width() >= needed + 4
    assert slider.track.width() >= 15  # the knob
    assert slider.track.geometry().right() < slider.edit.x()
    slider.set_value(0.03)
    assert slider.edit.width() == 46


def test_a_double_click_lets_a_value_be_typed(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider, emitted = rate(bench, theme)
    qtbot.mouseClick(slider.edit, LEFT)
    qtbot.mouseDClick(slider.edit, LEFT)
    qtbot.keyClicks(slider.edit, "0.02")
    qtbot.keyClick(slider.edit, Qt.Key.Key_Return)
    assert emitted == [0.02]
    assert slider.track.hasFocus()


def test_leaving_the_field_enters_what_was_typed(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider, emitted = rate(bench, theme)
    slider.edit.start()
    qtbot.keyClicks(slider.edit, "0.05")
    slider.edit.clearFocus()
    assert emitted == [0.05]


def test_escape_brings_the_value_back(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider, emitted = rate(bench, theme)
    slider.edit.start()
    qtbot.keyClicks(slider.edit, "77")
    qtbot.keyClick(slider.edit, Qt.Key.Key_Escape)
    assert (emitted, slider.edit.text()) == ([], "0.008")


def test_what_is_typed_stays_while_the_value_changes_elsewhere(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    slider, _ = rate(bench, theme)
    slider.edit.start()
    qtbot.keyClicks(slider.edit, "0.0")
    slider.set_value(0.03)
    assert slider.edit.text() == "0.0"


def test_nonsense_is_answered_in_a_sentence(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider, emitted = rate(bench, theme)
    with qtbot.waitSignal(slider.unreadable) as said:
        slider.edit.start()
        qtbot.keyClicks(slider.edit, "fast")
        qtbot.keyClick(slider.edit, Qt.Key.Key_Return)
    assert said.args == ["“fast” is not a number."]
    assert (emitted, slider.edit.text()) == ([], "0.008")


def test_keys_move_the_slider_and_begin_to_type(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider, emitted = rate(bench, theme)
    slider.track.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left):
        qtbot.keyClick(slider.track, key)
    assert emitted == [0.01, 0.001, 0.1, 0.03]
    qtbot.keyClick(slider.track, Qt.Key.Key_Return)
    assert slider.edit.hasFocus()


def test_the_wheel_moves_a_slider_only_when_it_has_the_focus(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    slider, emitted = rate(bench, theme)
    assert not turn_wheel(slider.track)
    slider.track.setFocus()
    assert turn_wheel(slider.track)
    assert emitted == [0.01]


def test_a_whole_number_is_told_as_one(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider = Slider(theme, "Points", Log(10, 100_000), integer=True)
    slider.set_value(500)
    bench.put(slider)
    with qtbot.waitSignal(slider.changed) as told:
        slider.edit.start()
        qtbot.keyClicks(slider.edit, "1,250")
        qtbot.keyClick(slider.edit, Qt.Key.Key_Return)
    assert told.args == [1250]
    assert isinstance(told.args[0], int)


# Choices


def test_a_segment_is_chosen_by_click_and_by_arrow(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    segmented = Segmented(theme, "Normalise", {"none": "None", "std": "Standard", "mm": "Min–max"})
    bench.put(segmented)
    emitted: list[str] = []
    segmented.changed.connect(emitted.append)
    qtbot.mouseClick(segmented.segment("std"), LEFT)
    qtbot.keyClick(segmented.segment("std"), Qt.Key.Key_Right)
    qtbot.keyClick(segmented.segment("mm"), Qt.Key.Key_Right)
    assert emitted == ["std", "mm"]
    assert segmented.value == "mm"
    segmented.set_value("none")
    assert emitted == ["std", "mm"]


def test_a_combo_is_chosen_from_by_keys(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    combo = Combo(theme, "Optimizer", {"sgd": "SGD", "adam": "Adam"})
    bench.put(combo)
    combo.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(combo.changed) as told:
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert told.args == ["adam"]
    assert combo.value == "adam"


def test_a_combo_is_chosen_from_in_its_list(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    combo = Combo(theme, "Optimizer", {"sgd": "SGD", "adam": "Adam"})
    bench.put(combo)
    combo.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(combo, Qt.Key.Key_Return)
    view = combo.view()
    qtbot.waitUntil(view.isVisible)
    with qtbot.waitSignal(combo.changed) as told:
        qtbot.keyClick(view, Qt.Key.Key_Down)
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args == ["adam"]


def test_other_choices_leave_the_chosen_one(qtbot: QtBot, theme: Theme) -> None:
    combo = Combo(theme, "Loss", {"mse": "Squared error", "hinge": "Hinge"})
    qtbot.addWidget(combo)
    combo.set_value("hinge")
    combo.set_choices({"mae": "Absolute error", "mse": "Squared error", "hinge": "Hinge"}, {})
    assert (combo.value, combo.currentText()) == ("hinge", "Hinge")


def test_a_combo_leaves_the_wheel_to_the_page(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    combo = Combo(theme, "Optimizer", {"sgd": "SGD", "adam": "Adam"})
    bench.put(combo)
    assert not turn_wheel(combo)
    assert combo.value == "sgd"


def test_a_click_on_a_tile_leaves_the_choice_to_the_listener(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    tile = Tile(theme, "Spiral", "Spiral", lambda painter, rect: None)
    bench.put(tile)
    with qtbot.waitSignal(tile.clicked):
        qtbot.mouseClick(tile, LEFT)
    assert not tile.isChecked()


def test_a_wider_gallery_spreads_its_tiles(bench: Bench, theme: Theme) -> None:
    gallery = Gallery()
    tiles = [Tile(theme, name, name, lambda painter, rect: None) for name in "abcde"]
    gallery.set_tiles(tiles)
    bench.put(gallery, 320)
    assert tiles[3].geometry().right() == gallery.rect().right()
    assert tiles[4].y() > tiles[0].geometry().bottom()
    assert gallery.rect().contains(tiles[4].geometry())


# Stepper and split


def test_a_stepper_steps_within_its_limits_and_takes_typing(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    stepper = Stepper(theme, "Units", 1, 12)
    stepper.set_value(11)
    bench.put(stepper)
    emitted: list[int] = []
    stepper.changed.connect(emitted.append)
    qtbot.mouseClick(stepper.more, LEFT)
    qtbot.mouseClick(stepper.more, LEFT)
    assert not stepper.more.isEnabled()
    qtbot.mouseClick(stepper.less, LEFT)
    stepper.edit.start()
    qtbot.keyClicks(stepper.edit, "3")
    qtbot.keyClick(stepper.edit, Qt.Key.Key_Return)
    assert emitted == [12, 11, 3]


def test_a_held_stepper_repeats(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    stepper = Stepper(theme, "Units", 1, 512)
    stepper.set_value(8)
    bench.put(stepper)
    qtbot.mousePress(stepper.more, LEFT)
    qtbot.waitUntil(lambda: stepper.value >= 11)
    qtbot.mouseRelease(stepper.more, LEFT)


def split_bar(bench: Bench, theme: Theme, split: Split) -> tuple[SplitBar, list[Split]]:
    bar = SplitBar(theme)
    bar.set_value(split)
    bar.set_counts((350, 75, 75))
    bench.put(bar, 200)
    emitted: list[Split] = []
    bar.changed.connect(emitted.append)
    return bar, emitted


def move_to(bar: SplitBar, handle: int, percent: int) -> None:
    grip = bar.handles[handle]
    start = grip.rect().center()
    drag(grip, start, grip.mapFrom(bar, QPoint(round(bar.width() * percent / 100), 30)))


def test_the_shares_of_a_dragged_split_add_up_to_one(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    bar, emitted = split_bar(bench, theme, Split(0.7, 0.15, 0.15))
    move_to(bar, 0, 50)
    move_to(bar, 1, 80)
    assert emitted == [Split(0.5, 0.35, 0.15), Split(0.5, 0.3, 0.2)]
    assert bar.percent.text() == "50 / 30 / 20 %"
    assert bar.toolTip() == "Training 350, validation 75, test 75"


def test_a_handle_stops_at_the_other_one(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    bar, emitted = split_bar(bench, theme, Split(0.7, 0.15, 0.15))
    move_to(bar, 0, 99)
    assert emitted == [Split(0.85, 0, 0.15)]


def test_a_split_without_validation_and_test_can_be_undone(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    bar, _ = split_bar(bench, theme, Split(1, 0, 0))
    at_end = bar.handles[0].geometry().center()
    assert bar.childAt(at_end) is bar.handles[0]
    move_to(bar, 0, 80)
    move_to(bar, 1, 90)
    assert bar.value == Split(0.8, 0.1, 0.1)


def test_the_keys_move_a_handle_by_a_percent(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    bar, emitted = split_bar(bench, theme, Split(0.7, 0.15, 0.15))
    qtbot.keyClick(bar.handles[1], Qt.Key.Key_Left)
    assert emitted == [Split(0.7, 0.14, 0.16)]


def test_a_button_that_moves_or_hides_is_no_longer_under_the_pointer(
    bench: Bench, theme: Theme
) -> None:
    button = IconButton(theme, "plus", "Add")
    bench.put(button)
    for leave in (lambda: button.move(300, 300), button.hide):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as Qt has it
        leave()
        assert not button.underMouse()


def test_a_button_that_was_not_reached_by_tab_leaves_space_to_the_window(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    button = IconButton(theme, "reset", "Reset")
    combo = Combo(theme, "Loss", {"mse": "Squared error"})
    bench.put(button)
    bench.put(combo)
    for control in (button, combo):
        control.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " "
        )
        QApplication.sendEvent(control, event)
        assert not event.isAccepted()


# Focus, notes, sizes and names


def test_the_ring_shows_for_the_keyboard_only(qtbot: QtBot, bench: Bench, theme: Theme) -> None:
    slider = Slider(theme, "Points", Log(10, 1000))
    bench.put(slider)
    qtbot.mouseClick(slider.track, LEFT)
    assert slider.track.hasFocus()
    assert not slider.track.ring.visible
    bench.other.setFocus()
    slider.track.setFocus(Qt.FocusReason.TabFocusReason)
    assert slider.track.ring.visible
    slider.track.clearFocus()
    assert not slider.track.ring.visible


def test_a_click_on_a_button_leaves_the_focus_alone(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    button = Button(theme, "Run", "play", primary=True)
    bench.put(button)
    field = bench.other
    field.setFocus()
    qtbot.mouseClick(button, LEFT)
    assert field.hasFocus()


def test_a_button_is_pressed_by_space_and_by_enter(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    button = IconButton(theme, "reset", "Reset")
    bench.put(button)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    presses: list[bool] = []
    button.clicked.connect(lambda: presses.append(True))
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert len(presses) == 2


def test_a_note_stays_inside_the_window_and_goes_with_a_click(
    qtbot: QtBot, bench: Bench, theme: Theme
) -> None:
    combo = Combo(theme, "Loss", {"mse": "Squared error"})
    bench.put(combo)
    bench.resize(320, 120)
    note = Note(theme, combo)
    note.show_beside(combo, "Loss: “nothing” is not one of the losses that fit these data.")
    assert note.isVisible()
    assert bench.rect().contains(note.geometry())
    qtbot.mouseClick(note, LEFT)
    assert not note.isVisible()


def test_everything_to_click_is_large_enough_and_has_a_name(qtbot: QtBot, theme: Theme) -> None:
    slider = Slider(theme, "Points", Log(10, 1000))
    bar = SplitBar(theme)
    segmented = Segmented(theme, "Task", {"a": "Classify", "b": "Regress"})
    stepper = Stepper(theme, "Units", 1, 9)
    controls = [
        Button(theme, "Run"),
        IconButton(theme, "reset", "Reset"),
        Combo(theme, "Loss", {"mse": "Squared error"}),
        Tile(theme, "Spiral", "Spiral", lambda painter, rect: None),
        slider.track,
        *bar.handles,
        segmented.segment("a"),
        stepper.less,
        stepper.more,
    ]
    for owner in (slider, bar, segmented, stepper, *controls):
        qtbot.addWidget(owner)
    for control in controls:
        size = control.sizeHint().expandedTo(control.minimumSize())
        assert min(size.width(), size.height()) >= 26, control
        assert control.accessibleName(), control


def test_an_exponent_stands_above_the_index(qtbot: QtBot, theme: Theme) -> None:
    assert Formula(theme, "x₁²").width < Formula(theme, "x₁").width + 4
    projected = theme.with_tokens(PROJECTOR, 1.0)
    assert Formula(projected, "x₁").width - Formula(projected, "x").width < 10  # smaller than x
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    Formula(theme, "x₁²", 20).draw(painter, theme.tokens.text, QPointF(30, 20))
    painter.end()
    inked = [
        y for y in range(40) if any(image.pixelColor(x, y).lightness() < 128 for x in range(31, 60))
    ]
    assert inked[0] < 15
    assert inked[-1] > 22
