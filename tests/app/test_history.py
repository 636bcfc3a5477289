"""What was done can be undone, an earlier epoch shown, and a run that was left gone back to."""

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from playground.app.session import Session
from playground.engine.layers import Dense, Dropout
from playground.snapshot import Snapshot

PATIENCE_MS = 20_000


def settle(qtbot: QtBot, session: Session) -> Snapshot:
    """Wait until everything asked for is done; the picture of it."""
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    assert session.snapshot is not None
    return session.snapshot


def epochs(qtbot: QtBot, session: Session, count: int) -> Snapshot:
    for _ in range(count):
        session.step_epoch()
        settle(qtbot, session)
    return settle(qtbot, session)


def test_every_edit_is_undone_and_done_again(qtbot: QtBot, session: Session) -> None:
    seen = [session.experiment]
    for change in (
        lambda: session.edit("optimizer.learning_rate", 0.1),
        lambda: session.edit("data.noise", 0.3),
        lambda: session.add_layer(1, Dropout()),
        lambda: session.remove_layer(0),
        lambda: session.replace(session.experiment.with_source("circle")),
        lambda: session.open_example("iris"),
        session.new_seed,
    ):
        change()
        seen.append(session.experiment)
    assert len(set(seen)) == len(seen)
    for before in reversed(seen[:-1]):
        assert session.to_undo
        session.undo()
        assert session.experiment == before
    assert session.to_undo is None
    assert settle(qtbot, session).experiment == seen[0]
    for after in seen[1:]:
        session.redo()
        assert session.experiment == after
    assert session.to_redo is None
    assert settle(qtbot, session).experiment == seen[-1]


def test_a_slider_that_moves_is_one_edit(session: Session) -> None:
    first = session.experiment
    for rate in (0.1, 0.2, 0.3):
        session.edit("optimizer.learning_rate", rate)
    assert session.to_undo == "Learning rate 0.3"
    session.undo()
    assert session.experiment == first


def test_what_is_shown_is_not_undone(session: Session) -> None:
    session.edit("batch_size", 30)
    session.edit("view.log_loss", False)
    assert session.to_undo == "Batch size 30"
    session.undo()
    assert not session.experiment.view.log_loss


def test_a_new_edit_ends_what_could_be_done_again(session: Session) -> None:
    session.edit("batch_size", 30)
    session.undo()
    session.edit("data.noise", 0.2)
    assert session.to_redo is None


def test_a_weight_that_is_typed_changes_what_the_network_says(
    qtbot: QtBot, session: Session
) -> None:
    before = epochs(qtbot, session, 2)
    session.put("0.weight", (2, 1), 3.5)
    after = settle(qtbot, session)
    assert after.parameters["0.weight"][2, 1] == 3.5
    assert after.step == before.step
    assert not np.array_equal(after.field, before.field)
    session.undo()
    back = settle(qtbot, session)
    assert np.array_equal(back.parameters["0.weight"], before.parameters["0.weight"])
    assert np.array_equal(back.field, before.field)


def test_a_weight_can_be_typed_while_it_trains(qtbot: QtBot, session: Session) -> None:
    session.edit("layers", (Dense(4, frozen=True), Dense(4)))
    session.run()
    qtbot.waitUntil(lambda: session.snapshot.step > 0, timeout=PATIENCE_MS)
    session.put("0.weight", (0, 0), -2.0)
    qtbot.waitUntil(
        lambda: session.snapshot.parameters["0.weight"][0, 0] == -2.0, timeout=PATIENCE_MS
    )
    assert session.state == "running"


def test_an_infinite_weight_is_refused_in_a_sentence(qtbot: QtBot, session: Session) -> None:
    said: list[str] = []
    session.notice.connect(lambda _, sentence: said.append(sentence))
    before = settle(qtbot, session).parameters["0.weight"]
    session.put("0.weight", (0, 0), 1e60)
    after = settle(qtbot, session).parameters["0.weight"]
    assert np.array_equal(before, after)
    assert said
    assert "1e+60" in said[0]


def test_an_earlier_epoch_has_the_same_future(qtbot: QtBot, session: Session) -> None:
    newest = epochs(qtbot, session, 4)
    assert newest.kept_epochs.tolist() == [0, 1, 2, 3, 4]
    session.go_to(2)
    earlier = settle(qtbot, session)
    assert (earlier.epoch, earlier.newest_epoch) == (2, 4)
    assert not np.array_equal(earlier.field, newest.field)
    session.go_to(None)
    assert np.array_equal(settle(qtbot, session).field, newest.field)
    session.go_to(2)
    again = epochs(qtbot, session, 2)
    assert (again.epoch, again.newest_epoch) == (4, 4)
    assert np.array_equal(again.parameters["0.weight"], newest.parameters["0.weight"])


def test_a_change_in_training_is_marked_on_the_time_axis(qtbot: QtBot, session: Session) -> None:
    session.edit("batch_size", 30)
    epochs(qtbot, session, 2)
    for rate in (0.1, 0.2):
        session.edit("optimizer.learning_rate", rate)
    session.edit("view.log_loss", False)
    events = settle(qtbot, session).events
    assert [(event.epoch, event.what) for event in events] == [(2.0, "Learning rate 0.2")]
    session.reset()
    assert settle(qtbot, session).events == ()


def test_a_run_is_kept_with_its_own_settings_when_a_file_takes_its_place(
    qtbot: QtBot, session: Session
) -> None:
    before = epochs(qtbot, session, 3)
    mine = before.experiment
    slower = replace(mine, optimizer=replace(mine.optimizer, learning_rate=1e-4))
    session.begin(replace(slower, label_smoothing=0.1, layers=(*mine.layers, Dense(3))))
    (run,) = settle(qtbot, session).runs
    assert run.experiment == mine
    assert run.metrics == before.metrics
    assert run.history["train_loss"].tolist() == before.history["train_loss"].tolist()


def test_a_run_is_kept_with_the_settings_it_was_trained_with(
    qtbot: QtBot, session: Session
) -> None:
    session.edit("stop.epochs", 2)
    epochs(qtbot, session, 2)
    trained = session.experiment
    session.edit("optimizer.learning_rate", 0.05)
    session.edit("stop.epochs", 5)
    session.reset()
    epochs(qtbot, session, 1)
    session.edit("batch_size", 20)
    epochs(qtbot, session, 1)
    session.reset()
    runs = settle(qtbot, session).runs
    assert [run.experiment.optimizer.learning_rate for run in runs] == [0.001, 0.05]
    assert [run.experiment.batch_size for run in runs] == [10, 20]
    assert [run.stopped_by for run in runs] == ["epochs", ""]
    assert runs[0].experiment == trained
    session.return_to(runs[0].number)
    assert settle(qtbot, session).experiment == session.experiment == trained
    session.reset()
    assert settle(qtbot, session).runs[-1].experiment == trained


def test_a_run_that_was_left_is_gone_back_to(qtbot: QtBot, session: Session) -> None:
    session.edit("optimizer.learning_rate", 0.05)
    first = epochs(qtbot, session, 3)
    assert first.runs == ()
    session.new_seed()
    second = epochs(qtbot, session, 1)
    (run,) = second.runs
    assert (run.epoch, run.metrics["train"]) == (3, first.metrics["train"])
    assert run.experiment.optimizer.learning_rate == 0.05
    session.return_to(run.number)
    back = settle(qtbot, session)
    assert session.experiment == run.experiment == back.experiment
    assert (back.epoch, back.step) == (3, first.step)
    assert np.array_equal(back.parameters["0.weight"], first.parameters["0.weight"])
    assert len(back.history["epoch"]) == len(first.history["epoch"])
    assert [each.epoch for each in back.runs] == [1]
    session.forget_run(back.runs[0].number)
    assert settle(qtbot, session).runs == ()


def test_best_weights_come_back(qtbot: QtBot, session: Session) -> None:
    session.edit("optimizer.learning_rate", 1.0)
    shown = epochs(qtbot, session, 8)
    session.restore_best()
    best = settle(qtbot, session)
    losses = shown.history["validation_loss"]
    assert best.metrics["validation"]["loss"] == np.float64(losses.min())


def test_pictures_hold_what_is_wanted_and_nothing_more(qtbot: QtBot, session: Session) -> None:
    shown = settle(qtbot, session)
    assert (shown.diagnosis, shown.confusion, shown.unit_field) == (None, None, None)
    session.want(diagnosis=True, confusion="train", unit=(1, 2))
    shown = epochs(qtbot, session, 1)
    assert shown.diagnosis is not None
    assert len(shown.diagnosis.epochs) == shown.step
    assert shown.confusion is not None
    assert shown.confusion.sum() == len(shown.data.splits["train"])
    assert shown.unit == (1, 2)
    assert shown.unit_field is not None
    assert shown.unit_field.shape == (150, 150)
    session.edit("layers.0.units", 2)
    assert settle(qtbot, session).unit is None
    session.want(limits=((0.0, 1.0), (0.0, 2.0)))
    closer = settle(qtbot, session)
    assert closer.limits == ((0.0, 1.0), (0.0, 2.0))
    assert not np.array_equal(closer.field, shown.field)
