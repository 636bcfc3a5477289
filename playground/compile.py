"""From an experiment and its prepared data to what the engine is given."""

import numpy as np

from playground.data.prepare import PreparedData
from playground.engine.arrays import bytes_needed
from playground.engine.machine import memory
from playground.engine.network import Network
from playground.engine.plan import Samples
from playground.engine.program import Program, compile_program
from playground.engine.settings import Settings
from playground.engine.team import Team
from playground.experiment import Experiment
from playground.fields import ExperimentError, Problem, to_dict


def program_of(experiment: Experiment, data: PreparedData) -> Program:
    """The experiment's network, laid out."""
    dataset = data.dataset
    outputs = {"binary": 1, "classes": len(dataset.class_names)}.get(dataset.task)
    return compile_program(
        len(experiment.data.features),
        experiment.layers,
        outputs or dataset.y.shape[1],
        experiment.loss,
        dataset.task,
    )


def network_of(experiment: Experiment, data: PreparedData, team: Team) -> Network:
    """A new network with its first weights.

    Raises `ExperimentError` when this machine has not the memory to train it.
    """
    program = program_of(experiment, data)
    batch = min(experiment.batch_size, len(data.splits["train"]))
    needed, there = bytes_needed(program, experiment.precision, batch, team.threads), memory()
    if needed > there:
        message = (
            "this network needs {needed:,.1f} GiB of memory, and this machine has {there:,.1f}; "
            "use fewer units or smaller batches"
        )
        problem = Problem("layers", message, needed=needed / 2**30, there=there / 2**30)
        raise ExperimentError([problem])
    return Network(program, experiment.precision, experiment.seed, team)


def settings_of(experiment: Experiment) -> Settings:
    """What of the experiment may change while it trains."""
    early = experiment.stop.early_stopping
    return Settings(
        optimizer=experiment.optimizer,
        schedule=experiment.schedule,
        batch_size=experiment.batch_size,
        weighted=bool(experiment.class_weights),
        target_loss=experiment.stop.target_loss,
        **to_dict(experiment.regularization),
        **(to_dict(early) if early else {}),
    )


def samples_of(experiment: Experiment, data: PreparedData, split: str) -> Samples:
    """One split as the network sees it. Raises `ExperimentError` for NaN and infinity in it."""
    raw, y = data.samples(split)
    x = data.network_inputs(raw)
    targets, weights, labels = _targets(experiment, data, y)
    if not (np.isfinite(x).all() and np.isfinite(targets).all()):
        raise ExperimentError([Problem("data", "the samples hold numbers that are not finite")])
    dtype = np.dtype(experiment.precision)
    numbers = (np.ascontiguousarray(each, dtype) for each in (x, targets, weights))
    samples = Samples._make((*numbers, np.ascontiguousarray(labels)))
    for array in samples:
        array.setflags(write=False)
    return samples


def _targets(
    experiment: Experiment, data: PreparedData, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Targets as the loss is given them (n, outputs), weights (n,) and classes (n,)."""
    if data.dataset.task == "regression":
        return y, np.ones(len(y)), np.zeros(len(y), np.int64)
    classes = len(data.dataset.class_names)
    smoothing = experiment.label_smoothing
    weights = np.array(experiment.class_weights or (1.0,) * classes)
    shares = np.eye(classes)[y] * (1 - smoothing) + smoothing / classes
    if classes == 2:
        shares = shares[:, 1:]
    elif experiment.loss == "cross_entropy":
        shares = shares * (weights / weights[y][:, None])  # PyTorch weights every term by its class
    return shares, weights[y], y
