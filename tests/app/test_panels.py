"""The panels: what a person sets with them, and what they say of an experiment."""

from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from playground.app.controls.parameters import ParametersButton
from playground.app.controls.popover import Popover
from playground.app.controls.slider import Slider
from playground.app.controls.tile import BLEED, SIDE, Tile
from playground.app.panels.data import DataPanel
from playground.app.panels.data_features import FeaturePopover
from playground.app.panels.formula_edit import FormulaEdit
from playground.app.panels.galleries import OWN, AllSources
from playground.app.panels.layer import LayerCard, OutputFacts
from playground.app.panels.training import TrainingCard
from playground.app.session import Session
from playground.app.theme import Theme
from playground.data import SOURCES
from playground.engine.layers import Dropout
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS
from playground.experiment import Experiment, Split

# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    """A session that edits, and does not train."""
    return Session(Experiment())


@pytest.fixture
def data(qtbot: QtBot, theme: Theme, session: Session) -> DataPanel:
    return shown(qtbot, DataPanel(theme, session))


@pytest.fixture
def layer(qtbot: QtBot, theme: Theme, session: Session) -> LayerCard:
    return shown(qtbot, LayerCard(theme, session))


@pytest.fixture
def training(qtbot: QtBot, theme: Theme, session: Session) -> TrainingCard:
    return shown(qtbot, TrainingCard(theme, session))


Panel = TypeVar("Panel", bound=QWidget)


def shown(qtbot: QtBot, panel: Panel) -> Panel:
    qtbot.addWidget(panel)
    panel.show()
    return panel


def all_sources(data: DataPanel) -> AllSources:
    """The panel with all data sets, opened."""
    data.sources.more.click()
    opened = [each for each in data.window().findChildren(AllSources) if each.isVisible()]
    return opened[-1]


def enter(qtbot: QtBot, slider: Slider, text: str) -> None:
    """Type a value over a slider's."""
    slider.edit.start()
    qtbot.keyClicks(slider.edit, text)
    qtbot.keyClick(slider.edit, Qt.Key.Key_Return)


def choose(qtbot: QtBot, combo: QComboBox, word: str) -> None:
    """Choose a word with the keys, as from a closed combo box."""
    combo.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(combo.findText(word)):
        if combo.currentText() != word:  # what cannot be chosen is passed over
            qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() == word


def picture(tile: Tile) -> QImage:
    """A tile's picture, without ring and label."""
    return tile.grab().toImage().copy(BLEED, BLEED, SIDE, SIDE)


# Data


def test_a_click_on_a_tile_changes_the_data(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    qtbot.mouseClick(data.sources.tiles["moons"], LEFT)
    assert session.experiment.data.source == "moons"
    assert data.sources.tiles["moons"].isChecked()
    assert not data.sources.tiles["spiral"].isChecked()


def test_every_data_set_can_be_chosen_and_then_trained(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    for name in SOURCES:
        qtbot.mouseClick(all_sources(data).tiles[name], LEFT)
        assert session.experiment.data.source == name
        assert not session.experiment.problems()
        assert data.sources.tiles[name].isChecked()  # also where it was not among the first


def test_the_panel_with_all_data_shows_each_set_once_and_closes_with_the_choice(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    every = all_sources(data)
    assert set(every.tiles) == {*SOURCES, *OWN}
    assert [name for name, tile in every.tiles.items() if tile.isChecked()] == ["spiral"]
    qtbot.mouseClick(every.tiles["wine"], LEFT)
    assert not every.isVisible()
    assert session.experiment.data.source == "wine"


def test_a_task_has_its_first_data_sets_and_tiles_for_ones_own(data: DataPanel) -> None:
    first = list(data.sources.tiles)
    assert first == ["circle", "xor", "gauss", "spiral", "moons", "blobs", "points", "table"]
    data.task.segment("regress").click()
    assert set(first) & set(data.sources.tiles) == {"points", "table"}


def test_looking_at_another_task_changes_nothing(session: Session, data: DataPanel) -> None:
    before = session.experiment
    data.task.segment("regress").click()
    assert session.experiment == before
    assert not any(tile.isChecked() for tile in data.sources.tiles.values())


def test_an_experiment_of_another_task_brings_its_gallery(
    session: Session, data: DataPanel
) -> None:
    session.replace(session.experiment.with_source("plane"))
    assert data.task.value == "regress"
    assert data.sources.tiles["plane"].isChecked()


def test_pictures_of_data_stand_upright(theme: Theme, data: DataPanel) -> None:
    """The cloud of class B lies where both inputs are positive: at the top right."""
    image = picture(data.sources.tiles["gauss"])
    half = SIDE // 2

    def coloured(colour: QColor, left: int, top: int) -> int:
        quarter = image.copy(left, top, half, half)
        return sum(
            quarter.pixelColor(x, y).name() == colour.name()
            for x in range(half)
            for y in range(half)
        )

    assert coloured(theme.tokens.positive, half, 0) > 30
    assert coloured(theme.tokens.positive, 0, half) == 0
    assert coloured(theme.tokens.negative, 0, half) > 30


def test_the_picture_of_a_feature_is_blue_where_it_is_positive(data: DataPanel) -> None:
    image = picture(data.features.tiles["x2"])
    top, bottom = image.pixelColor(SIDE // 2, 6), image.pixelColor(SIDE // 2, SIDE - 6)
    assert top.blue() > top.red()
    assert bottom.red() > bottom.blue()


def test_points_noise_and_batch_size_reach_the_experiment(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    enter(qtbot, data.points, "1,200")
    enter(qtbot, data.noise, "0.25")
    enter(qtbot, data.batch, "32")
    experiment = session.experiment
    assert (experiment.data.samples, experiment.data.noise) == (1200, 0.25)
    assert experiment.batch_size == 32


def test_the_batch_slider_ends_at_the_training_samples(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    session.edit("data.samples", 1000)
    data.batch.track.setFocus()
    qtbot.keyClick(data.batch.track, Qt.Key.Key_End)
    assert session.experiment.batch_size == 700


def test_the_split_reaches_the_experiment_and_says_its_counts(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    qtbot.keyClick(data.split.handles[0], Qt.Key.Key_Left)
    assert session.experiment.data.split == Split(0.69, 0.16, 0.15)
    assert data.split.toolTip() == "Training 345, validation 80, test 75"


def test_measured_data_have_the_points_they_have(session: Session, data: DataPanel) -> None:
    session.replace(session.experiment.with_source("iris"))
    assert not data.points.isEnabled()
    assert data.points.edit.text() == "150"
    assert "measured" in data.points.toolTip()
    session.replace(session.experiment.with_source("circle"))
    assert data.points.isEnabled()
    assert data.points.edit.text() == "500"
    assert "measured" not in data.points.toolTip()


def test_features_are_taken_in_and_left_out_in_their_order(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    qtbot.mouseClick(data.features.tiles["sin(x1)"], LEFT)
    data.toggle_feature(2)
    data.toggle_feature(0)
    data.toggle_feature(40)
    assert session.experiment.data.features == ("x2", "x1^2", "sin(x1)")
    assert data.feature_count.text() == "3 of 7"


def test_the_last_feature_stays_and_the_panel_says_why(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    data.toggle_feature(0)
    qtbot.mouseClick(data.features.tiles["x2"], LEFT)
    assert session.experiment.data.features == ("x2",)
    assert "at least one" in data.features.note.text


def test_data_with_other_inputs_offer_those_by_name(session: Session, data: DataPanel) -> None:
    session.replace(session.experiment.with_source("iris"))
    names = [tile.accessibleName() for tile in data.features.tiles.values()]
    assert names == list(SOURCES["iris"].input_names)
    assert data.feature_count.text() == "4 of 4"


def test_a_feature_chosen_in_a_file_is_shown_though_not_offered(
    session: Session, data: DataPanel
) -> None:
    experiment = session.experiment.with_source("iris")
    session.replace(experiment.with_("data.features", ("x1", "x1*x2")))
    assert data.features.tiles["x1*x2"].isChecked()
    assert data.feature_count.text() == "2 of 5"


def test_normalisation_is_chosen(qtbot: QtBot, session: Session, data: DataPanel) -> None:
    qtbot.mouseClick(data.normalize.segment("standard"), LEFT)
    assert session.experiment.data.normalize == "standard"


# Formulas, and many features


def field_of(data: DataPanel) -> FormulaEdit:
    """The field of a feature of one's own, in its popover."""
    return data.window().findChildren(FeaturePopover)[-1].field


def test_data_come_from_a_formula_and_the_task_follows_it(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    assert not data.formula.isVisible()
    qtbot.mouseClick(all_sources(data).tiles["formula"], LEFT)
    assert data.formula.isVisible()
    assert session.experiment.task == "binary"
    line = data.formula.edit
    line.selectAll()
    qtbot.keyClicks(line, "x1^2 / 9 - x2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert session.experiment.data.formula == "x1^2 / 9 - x2"
    assert session.experiment.task == "regression"
    assert data.task.value == "regress"
    session.undo()
    assert session.experiment.task == "binary"
    assert line.text() == session.experiment.data.formula


def test_a_formula_that_cannot_be_read_points_at_the_character(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    qtbot.mouseClick(all_sources(data).tiles["formula"], LEFT)
    before, line = session.experiment, data.formula.edit
    line.selectAll()
    qtbot.keyClicks(line, "sin(x1) ** ) > 0")
    assert data.formula.fault is not None
    assert data.formula.fault.column == 11
    assert data.formula.sentence.text().startswith("Character 12: ")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "sin(x1) ** ) > 0"  # what was typed is not lost
    assert line.cursorPosition() == 11
    assert session.experiment == before
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == before.data.formula
    assert data.formula.fault is None


def test_a_formula_without_a_value_everywhere_is_refused(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    qtbot.mouseClick(all_sources(data).tiles["formula"], LEFT)
    before = session.experiment
    data.formula.edit.selectAll()
    qtbot.keyClicks(data.formula.edit, "log(x1)")
    qtbot.keyClick(data.formula.edit, Qt.Key.Key_Return)
    assert "no finite value" in data.formula.sentence.text()
    assert session.experiment == before


def test_a_feature_is_typed_and_taken_in(qtbot: QtBot, session: Session, data: DataPanel) -> None:
    add = data.findChildren(Tile)[-1]
    assert add.accessibleName() == "Type a feature"
    qtbot.mouseClick(add, LEFT)
    field = field_of(data)
    qtbot.keyClicks(field.edit, "x3^2")
    assert "x1 to x2" in field.sentence.text()
    field.edit.clear()
    qtbot.keyClicks(field.edit, "x1^3")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert session.experiment.data.features == ("x1", "x2", "x1^3")
    assert data.features.tiles["x1^3"].isChecked()
    assert data.feature_count.text() == "3 of 8"


def test_a_feature_that_is_offered_is_taken_in_as_it_is_called_there(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    qtbot.mouseClick(data.findChildren(Tile)[-1], LEFT)
    qtbot.keyClicks(field_of(data).edit, "x1 * x2")
    qtbot.keyClick(field_of(data).edit, Qt.Key.Key_Return)
    assert session.experiment.data.features == ("x1", "x2", "x1*x2")


def test_leaving_the_field_of_a_feature_takes_nothing_in(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    qtbot.mouseClick(data.findChildren(Tile)[-1], LEFT)
    field = field_of(data)
    qtbot.keyClicks(field.edit, "x1^3")
    field.window().close()
    assert session.experiment.data.features == ("x1", "x2")


def test_many_features_are_in_a_list_to_check(
    qtbot: QtBot, session: Session, data: DataPanel
) -> None:
    session.replace(session.experiment.with_source("digits"))
    rows = data.features.list.rows
    assert rows.isVisible()
    assert rows.count() == 64
    assert not data.features.tiles
    data.features.list.first.click()
    assert session.experiment.data.features == ("x1",)
    rows.setCurrentRow(5)
    qtbot.keyClick(rows, Qt.Key.Key_Space)
    assert session.experiment.data.features == ("x1", "x6")
    data.toggle_feature(0)
    assert rows.item(0).checkState() == Qt.CheckState.Unchecked
    qtbot.keyClick(rows, Qt.Key.Key_Space)  # the last one stays
    assert session.experiment.data.features == ("x6",)
    assert rows.item(5).checkState() == Qt.CheckState.Checked
    data.features.list.all.click()
    assert len(session.experiment.data.features) == 64
    session.undo()
    assert rows.item(7).checkState() == Qt.CheckState.Unchecked


# Layer


def test_the_layer_card_edits_the_selected_layer(
    qtbot: QtBot, session: Session, layer: LayerCard
) -> None:
    session.select_layer(1)
    assert layer.title.text() == "Dense layer 2"
    choose(qtbot, layer.body.activation, "ReLU")
    choose(qtbot, layer.body.initializer, "He")
    first, second = session.experiment.layers
    assert (first.units, first.activation) == (8, "tanh")
    assert (second.units, second.activation) == (8, "relu")
    assert type(second.initializer).__name__ == "He"


def test_too_large_a_rate_is_refused_beside_the_field(
    qtbot: QtBot, session: Session, layer: LayerCard
) -> None:
    qtbot.mouseClick(layer.kind.segment("dropout"), LEFT)
    rate = layer.body.findChild(Slider)
    enter(qtbot, rate, "7")
    assert session.experiment.layers[0] == Dropout(0.5)
    assert rate.edit.text() == "0.5"
    assert layer.body.note.text.startswith("Rate: ")
    assert "0 to 0.95" in layer.body.note.text


def test_the_trash_removes_the_layer_until_only_the_output_is_left(
    qtbot: QtBot, session: Session, layer: LayerCard
) -> None:
    qtbot.mouseClick(layer.remove, LEFT)
    assert len(session.experiment.layers) == 1
    assert layer.title.text() == "Dense layer 1"
    qtbot.mouseClick(layer.remove, LEFT)
    assert session.experiment.layers == ()
    assert layer.title.text() == "Output layer"
    assert not layer.remove.isVisible()


def test_another_experiment_shows_in_the_layer_card(session: Session, layer: LayerCard) -> None:
    session.edit("layers.0.activation", "sine")
    assert layer.body.activation.currentText() == "sine"


@pytest.mark.parametrize(
    ("source", "loss", "words"),
    [
        ("spiral", "cross_entropy", "1 unit with sigmoid: the probability of class B."),
        ("spiral", "hinge", "Above 0 it means class B, below class A."),
        ("iris", "cross_entropy", "3 units with softmax: a probability for each class."),
        ("plane", "mse", "Its output is the value itself."),
    ],
)
def test_the_output_layer_is_described(
    session: Session, layer: LayerCard, source: str, loss: str, words: str
) -> None:
    session.select_layer(None)
    session.replace(session.experiment.with_source(source).with_("loss", loss))
    assert isinstance(layer.body, OutputFacts)
    assert words in layer.body.words.text()
    assert LOSSES[loss].label.lower() in layer.body.reason.text()


def test_an_initializer_with_parameters_lets_them_be_changed(
    qtbot: QtBot, session: Session, layer: LayerCard
) -> None:
    assert not layer.body.parameters.isVisible()
    choose(qtbot, layer.body.initializer, "Normal")
    popover = opened(qtbot, layer.body.parameters)
    enter(qtbot, slider_named(popover, "σ"), "0.5")
    assert session.experiment.layers[0].initializer.std == 0.5
    popover.close()


def opened(qtbot: QtBot, button: ParametersButton) -> Popover:
    """The popover that a click on the button opens."""
    assert button.isVisible()
    qtbot.mouseClick(button, LEFT)
    popover = button.findChild(Popover)
    qtbot.waitUntil(popover.isVisible)
    return popover


def slider_named(parent: QWidget, name: str) -> Slider:
    return next(each for each in parent.findChildren(Slider) if each.label.text() == name)


# Training


def test_the_training_card_edits_the_experiment(
    qtbot: QtBot, session: Session, training: TrainingCard
) -> None:
    enter(qtbot, training.learning_rate, "0.02")
    enter(qtbot, training.l1, "0.5")
    training.l2.track.setFocus()
    qtbot.keyClick(training.l2.track, Qt.Key.Key_Right)
    choose(qtbot, training.loss, "Hinge")
    choose(qtbot, training.optimizer, "RMSProp")
    experiment = session.experiment
    assert experiment.loss == "hinge"
    assert experiment.optimizer == OPTIMIZERS["rmsprop"](learning_rate=0.02)
    assert (experiment.regularization.l1, experiment.regularization.l2) == (0.5, 0.0001)


def test_the_learning_rate_goes_through_the_offered_rates(
    qtbot: QtBot, session: Session, training: TrainingCard
) -> None:
    track = training.learning_rate.track
    qtbot.keyClick(track, Qt.Key.Key_Home)
    rates = [session.experiment.optimizer.learning_rate]
    for _ in range(10):
        qtbot.keyClick(track, Qt.Key.Key_Right)
        rates.append(session.experiment.optimizer.learning_rate)
    assert rates == [1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]


def test_a_refused_learning_rate_is_explained_and_the_old_one_stays(
    qtbot: QtBot, session: Session, training: TrainingCard
) -> None:
    enter(qtbot, training.learning_rate, "200")
    assert session.experiment.optimizer.learning_rate == 0.001
    assert training.learning_rate.edit.text() == "0.001"
    assert training.note.isVisible()
    assert training.note.text.startswith("Learning rate: ")
    assert "0 to 100" in training.note.text
    enter(qtbot, training.learning_rate, "0.3")
    assert not training.note.isVisible()


def test_what_is_no_number_is_explained(qtbot: QtBot, training: TrainingCard) -> None:
    enter(qtbot, training.learning_rate, "fast")
    assert training.note.text == "“fast” is not a number."


def test_only_losses_that_fit_the_data_are_offered(
    session: Session, training: TrainingCard
) -> None:
    for source in SOURCES:
        session.replace(session.experiment.with_source(source))
        combo = training.loss
        offered = {combo.itemData(index) for index in range(combo.count())}
        task = session.experiment.task
        assert offered == {row.name for row in LOSSES.values() if task in row.tasks}
        assert combo.currentText() == LOSSES[session.experiment.loss].label


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_shows_its_parameters_and_opens_them(
    qtbot: QtBot, session: Session, training: TrainingCard, name: str
) -> None:
    session.edit("optimizer.type", name)
    if not training.parameters.has_any:
        assert not training.parameters.isVisible()
        return
    popover = opened(qtbot, training.parameters)
    sliders = popover.findChildren(Slider)
    described = training.parameters.accessibleDescription()
    assert sliders
    for slider in sliders:
        assert f"{slider.label.text()} {slider.edit.text()}" in described
    popover.close()


def test_a_parameter_is_changed_in_the_popover_and_refused_there(
    qtbot: QtBot, session: Session, training: TrainingCard
) -> None:
    popover = opened(qtbot, training.parameters)
    enter(qtbot, slider_named(popover, "β₂"), "0.99")
    assert session.experiment.optimizer.betas == (0.9, 0.99)
    assert "β₂ 0.99" in training.parameters.accessibleDescription()
    enter(qtbot, slider_named(popover, "β₁"), "2")
    assert session.experiment.optimizer.betas == (0.9, 0.99)
    assert slider_named(popover, "β₁").edit.text() == "0.9"
    popover.close()


def test_a_closed_popover_minds_no_later_edit(
    qtbot: QtBot, session: Session, training: TrainingCard
) -> None:
    popover = opened(qtbot, training.parameters)
    with qtbot.waitSignal(popover.destroyed):
        popover.close()
    assert session.edit("optimizer.type", "sgd")
    assert session.edit("optimizer.type", "adam")
    assert training.parameters.isVisible()


def test_another_layer_and_a_removed_one_leave_no_listener_behind(
    qtbot: QtBot, session: Session, layer: LayerCard
) -> None:
    session.select_layer(1)
    session.remove_layer(1)
    session.select_layer(None)
    assert session.edit("layers", ())
    assert not session.edit("layers.1.units", 3)
    assert layer.title.text() == "Output layer"


# All of them


def test_one_edit_changes_the_experiment_once(
    qtbot: QtBot, session: Session, data: DataPanel, layer: LayerCard, training: TrainingCard
) -> None:
    changes: list[Experiment] = []
    session.experiment_changed.connect(lambda: changes.append(session.experiment))
    enter(qtbot, training.learning_rate, "0.02")
    qtbot.mouseClick(data.sources.tiles["circle"], LEFT)
    qtbot.mouseClick(layer.kind.segment("dropout"), LEFT)
    assert len(changes) == 3


def test_everything_can_be_reached_and_is_named(
    data: DataPanel, layer: LayerCard, training: TrainingCard
) -> None:
    for panel in (data, layer, training):
        controls = [
            each
            for kind in (QAbstractButton, QComboBox, QSlider)
            for each in panel.findChildren(kind)
            if each.isVisible()
        ]
        assert controls
        for control in controls:
            assert control.accessibleName(), control
            assert min(control.width(), control.height()) >= 26, control.accessibleName()


@pytest.mark.parametrize(("width", "height"), [(256, 164)])
def test_the_layer_card_has_room_for_its_rows(layer: LayerCard, width: int, height: int) -> None:
    layer.resize(width, height)
    body = layer.body
    for control in (layer.kind, body.activation, body.initializer):
        place = control.mapTo(layer, QPoint(0, 0))
        assert layer.panel.contains(place)
        assert layer.panel.contains(place + control.rect().bottomRight())
