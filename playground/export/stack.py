"""A network from elsewhere: a stack of layers with its numbers, without an experiment.

It becomes a `Model` by finding data that fit it, so that it can be shown and trained on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from playground.data import SOURCES
from playground.data.dataset import task_of
from playground.data.features import raw_features
from playground.data.origin import source_of
from playground.data.prepare import PreparedData, prepare
from playground.engine.layers import Dense, Layer
from playground.engine.program import module_names
from playground.experiment import Data, Experiment
from playground.export.description import Statistics
from playground.export.errors import ModelError
from playground.export.model import Model
from playground.fields import ExperimentError
from playground.sentence import Sentence

DEFAULT_ACTIVATION = "relu"
UNKNOWN = ""  # in place of an activation that the file does not say
TASKS = {"sigmoid": "binary", "softmax": "classes", "linear": "regression"}


@dataclass(frozen=True, eq=False)
class Stack:
    """Layers, first to last, each with its tensors: {"weight": (units, inputs), "bias": …}.

    The last one is dense, and its activation is the output's. Where a file does not say the
    activation of a dense layer, it is `UNKNOWN`. `shift` and `scale` are a normalisation of the
    inputs, (inputs,) each. `notices` are what a person should know, in sentences.
    """

    layers: tuple[tuple[Layer, Mapping[str, np.ndarray]], ...]
    shift: np.ndarray | None = None
    scale: np.ndarray | None = None
    notices: tuple[Sentence, ...] = ()

    @property
    def inputs(self) -> int:
        """How many numbers the first layer takes."""
        return self.layers[0][1]["weight"].shape[-1]

    @property
    def outputs(self) -> int:
        """How many numbers the last layer gives."""
        return len(self.layers[-1][1]["bias"])


def adopt(stack: Stack, like: Experiment | None, activation: str = DEFAULT_ACTIVATION) -> Model:
    """The stack as a model to train on.

    Its data are those of the experiment `like` where they have as many features and outputs, else
    the first of the catalogue that do. Activations that are not known become `activation`.
    Raises `ModelError` when there are no such data, or the stack is none that can be here.
    """
    notices = [*stack.notices]
    stack = _of_one_output(stack, notices)
    layers = [
        replace(layer, activation=activation)
        if isinstance(layer, Dense) and layer.activation == UNKNOWN
        else layer
        for layer, _ in stack.layers
    ]
    if layers[:-1] != [layer for layer, _ in stack.layers[:-1]]:
        notices.append(
            Sentence(
                "Its activations are not in the file: {activation} is assumed.",
                activation=activation,
            )
        )
    experiment, data = _experiment(stack, like)
    notices.append(
        Sentence("It is shown on the data “{label}”.", label=source_of(experiment.data).label)
    )
    try:
        experiment = replace(experiment, layers=tuple(layers[:-1])).check()
    except ExperimentError as error:
        raise ModelError(
            "it is no network that can be here: {why}", why=str(error.problems[0])
        ) from None
    names = module_names(layers)
    parameters = {
        f"{name}.{part}": array
        for name, (_, tensors) in zip(names, stack.layers, strict=True)
        for part, array in tensors.items()
    }
    model = Model.of(experiment, data, parameters)
    if stack.shift is not None and stack.scale is not None:
        own = Statistics(tuple(stack.shift.tolist()), tuple(stack.scale.tolist()))
        model = replace(model, description=replace(model.description, normalization=own))
    return replace(model, notices=tuple(notices))


def _of_one_output(stack: Stack, notices: list[Sentence]) -> Stack:
    """With one output in place of two that tell two classes apart: σ(z₁ − z₀) is their softmax."""
    layer, tensors = stack.layers[-1]
    softmax = isinstance(layer, Dense) and layer.activation in ("softmax", UNKNOWN)
    if not softmax or stack.outputs != 2:
        return stack
    notice = "Its two outputs became one: the difference that their softmax depends on."
    notices.append(Sentence(notice))
    one = {
        name: (array[1:].astype(np.float64) - array[:1]).astype(array.dtype)
        for name, array in tensors.items()
    }
    last = (replace(layer, units=1, activation="sigmoid"), one)
    return replace(stack, layers=(*stack.layers[:-1], last))


def _experiment(stack: Stack, like: Experiment | None) -> tuple[Experiment, PreparedData]:
    """An experiment whose data fit the stack, but for the layers; and its data."""
    normalize = "none" if stack.shift is None else "standard"
    for task in _tasks(stack):
        for experiment in _candidates(stack, task, like):
            loss = "mse" if task == "regression" else "cross_entropy"
            data = replace(experiment.data, normalize=normalize)
            chosen = replace(experiment, data=data, loss=loss, layers=())
            chosen = replace(chosen, class_weights=(), label_smoothing=0.0)
            try:
                prepared = prepare(chosen.check().data, chosen.seed)
            except ExperimentError:
                continue
            if task != "regression" or prepared.dataset.y.shape[1] == stack.outputs:
                return chosen, prepared
    raise ModelError(
        "it takes {inputs:,} inputs and gives {outputs:,} outputs, and no data here "
        "have as many; open such data first",
        inputs=stack.inputs,
        outputs=stack.outputs,
    )


def _tasks(stack: Stack) -> list[str]:
    """What the output may mean, the likeliest first."""
    layer = stack.layers[-1][0]
    activation = layer.activation if isinstance(layer, Dense) else UNKNOWN
    if activation == UNKNOWN:
        return ["binary" if stack.outputs == 1 else "classes", "regression"]
    if activation not in TASKS:
        message = "its outputs go through {activation}; here that can be {known}"
        raise ModelError(message, activation=activation, known=", ".join(TASKS))
    return [TASKS[activation]]


def _candidates(stack: Stack, task: str, like: Experiment | None) -> Iterator[Experiment]:
    classes = {"binary": 2, "classes": stack.outputs, "regression": 0}[task]
    if task != task_of(classes):
        return
    wanted = (stack.inputs, classes)
    if like and (len(like.data.features), len(source_of(like.data).class_names)) == wanted:
        yield like
    for source in SOURCES.values():
        if (len(source.input_names), len(source.class_names)) == wanted:
            data = Data(source=source.name, features=raw_features(stack.inputs))
            yield Experiment(name="Opened network", data=data)
