"""One sample through the network and back: every number of it, for the eye."""

from dataclasses import dataclass, replace

import numpy as np

from playground.compile import network_of, samples_of
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm
from playground.engine.optimizers import SGD
from playground.engine.plan import Samples
from playground.engine.program import INPUT_ROW, INPUTS, ROW, UNITS
from playground.engine.settings import Settings
from playground.engine.team import Team
from playground.experiment import Experiment
from playground.trainer import Trainer


@dataclass(frozen=True)
class LayerTrace:
    """What a layer does with one sample: inputs x (inputs,), pre-activations z, outputs a, and the
    derivative of the loss by z, dz, (units,) each. Of a norm z is the normalised input, and dz
    the derivative by its output.
    """

    x: np.ndarray
    z: np.ndarray
    a: np.ndarray
    dz: np.ndarray


@dataclass(frozen=True)
class Trace:
    """One sample's loss, its layers' numbers, and the loss's derivative by every parameter.

    `layers` are the hidden layers and then the output layer; `gradients` are named and shaped like
    the parameters.
    """

    loss: float
    layers: tuple[LayerTrace, ...]
    gradients: dict[str, np.ndarray]


def trace(trainer: Trainer, split: str, index: int) -> Trace:
    """Follow a sample, by its place in "train", "validation" or "test", as the network stands now.

    As at inference: a dropout lets everything through, a batch norm uses its running statistics.
    Nothing of the trainer changes. Raises IndexError for a place that is none.
    """
    whole = samples_of(trainer.experiment, trainer.prepared, split)
    if not 0 <= index < len(whole.x):
        raise IndexError(f"{split} has {len(whole.x)} samples; there is none at {index}")
    one = Samples._make(np.ascontiguousarray(each[index : index + 1]) for each in whole)
    none = Samples._make(each[:0] for each in one)
    for array in (*one, *none):
        array.setflags(write=False)
    network = network_of(_still(trainer.experiment), trainer.prepared, Team(1))
    network.load(trainer.parameters)
    network.configure(Settings(SGD(0.0), batch_size=1, weighted=True))
    network.train(one, none, 1, 2**62)
    program, (z, a, d) = network.program, network.first_sample()
    layers, gradients = [], {each.name: each.of(network.g).copy() for each in program.tensors}
    for row in program.table:
        inputs = slice(row[INPUT_ROW], row[INPUT_ROW] + row[INPUTS])
        units = slice(row[ROW], row[ROW] + row[UNITS])
        layers.append(LayerTrace(a[inputs], z[units], a[units], d[units]))
    for layer, found, name in zip(program.layers, layers, program.names, strict=True):
        if isinstance(layer, BatchNorm):  # frozen here, so that it uses the running statistics
            normal = _normalised(trainer.parameters, name, layer.eps, found.x)
            gradients[f"{name}.weight"], gradients[f"{name}.bias"] = found.dz * normal, found.dz
    return Trace(network.last_loss, tuple(layers), gradients)


def _normalised(
    parameters: dict[str, np.ndarray], name: str, eps: float, x: np.ndarray
) -> np.ndarray:
    mean, variance = (parameters[f"{name}.running_{each}"] for each in ("mean", "var"))
    return (x - mean) / np.sqrt(variance + eps)


def _still(experiment: Experiment) -> Experiment:
    """The experiment with layers that treat a sample as at inference, and everything trained."""
    return replace(experiment, layers=tuple(map(_inference, experiment.layers)))


def _inference(layer: Layer) -> Layer:
    match layer:
        case Dropout():
            return Dropout(0.0)
        case BatchNorm():
            return replace(layer, frozen=True)
        case Dense() | LayerNorm():
            return replace(layer, frozen=False)
