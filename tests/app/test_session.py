"""The session: edits are checked and answered, files are opened and saved, the state is told."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.app.files import Files
from playground.app.session import Session
from playground.data.points import Points
from playground.snapshot import Snapshot

PATIENCE_MS = 20_000


def settle(qtbot: QtBot, session: Session) -> Snapshot:
    """Wait until everything asked for is done; the picture of it."""
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    assert session.snapshot is not None
    return session.snapshot


def train(qtbot: QtBot, session: Session, epochs: int = 3) -> None:
    """Let it run until it has trained for some epochs."""
    session.run()
    qtbot.waitUntil(lambda: shown(session).epoch >= epochs, timeout=PATIENCE_MS)


def shown(session: Session) -> Snapshot:
    assert session.snapshot is not None
    return session.snapshot


def refusals(session: Session) -> list[tuple[str, str]]:
    """Filled with what the session refuses from now on."""
    said: list[tuple[str, str]] = []
    session.refused.connect(lambda path, sentence: said.append((path, sentence)))
    return said


def notices(session: Session) -> list[tuple[str, str]]:
    """Filled with what the session tells from now on."""
    said: list[tuple[str, str]] = []
    session.notice.connect(lambda kind, sentence: said.append((kind, sentence)))
    return said


def test_an_edit_reaches_the_trainer(qtbot: QtBot, session: Session) -> None:
    assert session.edit("layers.0.units", 5)
    assert session.experiment.layers[0].units == 5
    assert settle(qtbot, session).parameters["0.weight"].shape == (5, 2)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("loss", "nonsense", "loss"),
        ("batch_size", 0, "batch_size"),
        ("optimizer.learning_rate", "fast", "optimizer.learning_rate"),
        ("data.split.train", 0.9, "data.split.train"),
        ("data.features", ("x1", "x3"), "data.features.1"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(
    session: Session, path: str, value: object, field: str
) -> None:
    before, said = session.experiment, refusals(session)
    assert not session.edit(path, value)
    assert session.experiment is before
    ((where, sentence),) = said
    assert where == field
    assert sentence


def test_layers_are_added_and_removed_with_their_selection(session: Session) -> None:
    session.edit("layers.0.activation", "relu")
    session.add_layer(1)
    layers = session.experiment.layers
    assert layers[1] == layers[0]
    assert session.selected_layer == 1
    while session.experiment.layers:
        session.remove_layer(len(session.experiment.layers) - 1)
    assert session.selected_layer is None
    session.add_layer(0)
    assert len(session.experiment.layers) == 1
    assert session.selected_layer == 0


def test_the_thirteenth_layer_is_refused(session: Session) -> None:
    said = refusals(session)
    for _ in range(15):
        session.add_layer(0)
    assert len(session.experiment.layers) == 12
    assert {path for path, _ in said} == {"layers"}


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (513, 512), (7, 7)])
def test_units_stay_within_their_limits(session: Session, asked: int, given: int) -> None:
    session.set_units(0, asked)
    assert session.experiment.layers[0].units == given


def test_the_state_goes_from_ready_to_running_to_paused_and_back(
    qtbot: QtBot, session: Session
) -> None:
    states = [session.state]
    session.state_changed.connect(lambda: states.append(session.state))
    train(qtbot, session)
    session.pause()
    settle(qtbot, session)
    session.reset()
    settle(qtbot, session)
    assert states == ["ready", "running", "paused", "ready"]


def test_one_that_has_ended_says_why_it_does_not_run_on(qtbot: QtBot, session: Session) -> None:
    session.edit("stop.epochs", 2)
    session.run()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=PATIENCE_MS)
    settle(qtbot, session)
    session.edit("view.drawer", "weights")  # how it looks is no reason to go on
    assert settle(qtbot, session).status == "finished"
    said = notices(session)
    for ask in (session.run, session.step, session.step_epoch):
        ask()
        settle(qtbot, session)
    sentence = "Finished after 2 epochs. To go on, change when it stops; R starts again."
    assert said == 3 * [("info", sentence)]
    session.edit("stop.epochs", 4)
    settle(qtbot, session)
    train(qtbot, session, epochs=4)
    assert len(said) == 3


def test_it_goes_on_running_through_edits(qtbot: QtBot, session: Session) -> None:
    train(qtbot, session)
    for path, value in (
        ("optimizer.learning_rate", 0.01),
        ("regularization.l2", 0.001),
        ("batch_size", 30),
        ("data.noise", 0.2),
        ("seed", 5),
    ):
        session.edit(path, value)
        qtbot.waitUntil(
            lambda: shown(session).experiment == session.experiment, timeout=PATIENCE_MS
        )
        assert session.state == "running"
        step = shown(session).step
        qtbot.waitUntil(lambda step=step: shown(session).step > step, timeout=PATIENCE_MS)


def test_training_settings_keep_the_weights_and_a_new_seed_does_not(
    qtbot: QtBot, session: Session
) -> None:
    session.step_epoch()
    epoch = settle(qtbot, session).epoch
    session.edit("optimizer.learning_rate", 0.02)
    assert settle(qtbot, session).epoch == epoch
    session.new_seed()
    assert 0 <= session.experiment.seed < 10_000
    assert settle(qtbot, session).step == 0


def test_an_idle_session_does_not_wake_up(qtbot: QtBot, session: Session) -> None:
    settle(qtbot, session)
    assert not session.awake
    session.step()
    assert session.awake
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)


def test_the_test_score_is_hidden_again_by_what_starts_the_run_afresh(
    qtbot: QtBot, session: Session
) -> None:
    assert "test" not in shown(session).metrics
    for start_afresh in (session.reset, session.new_seed, lambda: session.edit("data.noise", 0.3)):
        session.reveal_test()
        assert "test" in settle(qtbot, session).metrics
        start_afresh()
        assert not session.test_revealed
        assert "test" not in settle(qtbot, session).metrics


def test_a_saved_experiment_opens_again(
    qtbot: QtBot, session: Session, files: Files, tmp_path: Path
) -> None:
    session.edit("layers.0.units", 3)
    assert session.modified
    files.save(tmp_path / "mine.playground.json")
    assert not session.modified
    saved = session.experiment
    session.open_example("circle")
    files.open(tmp_path / "mine.playground.json")
    assert session.experiment == saved
    assert settle(qtbot, session).experiment == saved


def test_a_model_file_brings_experiment_and_weights_back(
    qtbot: QtBot, session: Session, files: Files, tmp_path: Path
) -> None:
    said = notices(session)
    session.step_epoch()
    trained = settle(qtbot, session)
    session.save_model(tmp_path / "spiral.safetensors")
    settle(qtbot, session)
    session.open_example("xor")
    files.open(tmp_path / "spiral.safetensors")
    opened = settle(qtbot, session)
    assert [kind for kind, _ in said] == ["info"]
    assert session.experiment == trained.experiment
    assert (opened.parameters["0.weight"] == trained.parameters["0.weight"]).all()


def test_a_network_of_another_program_opens_on_data_that_fit(
    qtbot: QtBot, session: Session, files: Files
) -> None:
    said = notices(session)
    files.open(Path(__file__).parents[1] / "export" / "others" / "scikit-learn-mlp-binary.onnx")
    settle(qtbot, session)
    assert [layer.activation for layer in session.experiment.layers] == ["tanh", "tanh"]  # type: ignore[union-attr]
    assert ("info", "It is shown on the data “Spiral”.") in said
    train(qtbot, session)


def test_another_experiment_stops_the_run(qtbot: QtBot, session: Session) -> None:
    train(qtbot, session)
    session.open_example("circle")
    picture = settle(qtbot, session)
    assert session.state == "ready"
    assert (picture.experiment.data.source, picture.step) == ("circle", 0)


def test_a_run_whose_points_are_all_taken_away_rests(qtbot: QtBot, session: Session) -> None:
    drawn = Points(2, (1.0, 2.0), (1.0, 2.0), (0.0, 1.0))
    session.replace(session.experiment.with_source("points", points=drawn))
    session.edit("stop.steps", 5)
    session.run()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=PATIENCE_MS)
    said = notices(session)
    session.replace(session.experiment.with_source("points", points=Points()))
    assert settle(qtbot, session).step == 5
    session.run()
    assert settle(qtbot, session).step == 5
    assert said == [("info", "There is nothing to learn from yet: place some points.")]


BAD_FILES = {
    "missing.json": None,
    "not.json": "this is not JSON",
    "unknown.json": '{"playground": 1, "colour": "red"}',
    "nan.json": '{"playground": 1, "batch_size": NaN}',
    "huge.json": '{"playground": 1, "layers": [{"type": "dense", "units": 1000000000}]}',
    "deep.json": "[" * 1000,
    "torn.safetensors": "0000",
    "torn.npz": "PK",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_named_in_one_sentence_and_nothing_changes(
    session: Session, files: Files, tmp_path: Path, name: str
) -> None:
    before, said = session.experiment, notices(session)
    content = BAD_FILES[name]
    if content is not None:
        (tmp_path / name).write_text(content)
    files.open(tmp_path / name)
    ((kind, sentence),) = said
    assert kind == "error"
    assert name in sentence
    assert "\n" not in sentence
    assert session.experiment is before


def test_a_folder_that_is_missing_is_said(session: Session, files: Files, tmp_path: Path) -> None:
    said = notices(session)
    files.save(tmp_path / "missing" / "mine.json")
    assert [kind for kind, _ in said] == ["error"]
