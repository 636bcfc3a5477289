"""The words of the table of runs."""

import math
from dataclasses import dataclass

import numpy as np

from playground.app.controls.text import number_text
from playground.app.views.graph import value_text
from playground.app.views.network_model import structure_of
from playground.app.views.readout import fixed
from playground.app.words import tr
from playground.data.origin import source_of
from playground.experiment import Experiment
from playground.snapshot import Run, Snapshot

STOPPED = {
    "": "stopped",
    "divergence": "diverged",
    "early stopping": "stopped early",
    "target loss": "reached its target",
}


@dataclass(frozen=True)
class RunRow:
    """What the table says of a run: number 0 is the present one."""

    number: int
    words: tuple[str, ...]
    losses: np.ndarray


COLUMNS = (
    "Run",
    "Data",
    "Network",
    "Optimizer",
    "Epochs",
    "Train loss",
    "Val loss",
    "Score",
    "Loss",
    "State",
)
CURVE = COLUMNS.index("Loss")


def run_row(run: Run) -> RunRow:
    """The row of a run that was left."""
    state = tr(STOPPED.get(run.stopped_by, "finished"))
    return RunRow(
        run.number,
        (str(run.number), *_settings(run.experiment), *_scores(run.epoch, run.metrics), "", state),
        run.history["train_loss"],
    )


def present_row(snapshot: Snapshot, state: str) -> RunRow:
    """The row of the run that is going on."""
    scores = _scores(snapshot.epoch, snapshot.metrics)
    words = (tr("Now"), *_settings(snapshot.experiment), *scores, "", tr(state))
    return RunRow(0, words, snapshot.history["train_loss"])


def _settings(experiment: Experiment) -> tuple[str, str, str]:
    units = structure_of(experiment)
    stack = "·".join(str(units.units[column]) for column in (0, *units.dense, units.last))
    optimizer = experiment.optimizer
    rate = number_text(optimizer.learning_rate)
    data = tr(source_of(experiment.data).label)
    return data, stack, f"{tr(type(optimizer).label)} {rate}"


def _scores(epoch: int, metrics: dict[str, dict[str, float]]) -> tuple[str, str, str, str]:
    train, validation = metrics["train"], metrics["validation"]
    shown = validation if math.isfinite(validation["loss"]) else train
    score = f"{fixed(100 * shown['accuracy'], 1)} %" if "accuracy" in shown else ""
    if "r2" in shown:
        score = f"R² {fixed(shown['r2'], 3)}"
    return f"{epoch:,}", value_text(train["loss"]), value_text(validation["loss"]), score
