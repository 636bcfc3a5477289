"""What a model file says beside its weights: enough to use them on raw inputs, and to train on."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import LiteralString

import numpy as np

from playground.data.dataset import task_of
from playground.data.formula import MOST_INPUTS
from playground.data.normalization import Normalization
from playground.data.origin import source_of
from playground.data.prepare import PreparedData
from playground.engine.program import Program, compile_program
from playground.experiment import Experiment
from playground.export.errors import ModelError
from playground.fields import ExperimentError, from_dict, setting, to_dict
from playground.sentence import Sentence

FORMAT_VERSION = 1
MOST_CHARACTERS = 3_000_000  # as many as 20,000 points drawn by hand have, and some more
MOST_CLASSES = 1000
# What a JSON text of the largest network has of each, and some more
MOST_BRACKETS = 50_000
MOST_COMMAS = 5_000_000
MOST_QUOTES = 200_000
_MISFIT = "its description does not fit: {why}"


@dataclass(frozen=True)
class Range:
    """The least and the largest value of one raw input."""

    low: float = setting(label="Low", minimum=-1e30, maximum=1e30)
    high: float = setting(label="High", minimum=-1e30, maximum=1e30)


@dataclass(frozen=True)
class Statistics:
    """The fitted normalisation, a number per feature: (f - shift) / scale."""

    shift: tuple[float, ...] = setting(label="Shift", many=(1, MOST_INPUTS))
    scale: tuple[float, ...] = setting(label="Scale", many=(1, MOST_INPUTS))

    def fitted(self) -> Normalization:
        """The normalisation, ready to apply."""
        return Normalization(np.array(self.shift), np.array(self.scale))


@dataclass(frozen=True)
class Description:
    """A trained network but for its weights.

    `input_ranges` are those of the samples it was made for. `class_names` is empty for regression.
    """

    version: str = setting(label="Version", help="The program's version that made it")
    experiment: Experiment = setting(label="Experiment")
    input_names: tuple[str, ...] = setting(label="Inputs", many=(1, MOST_INPUTS))
    input_ranges: tuple[Range, ...] = setting(label="Ranges", many=(1, MOST_INPUTS))
    class_names: tuple[str, ...] = setting(label="Classes", many=(0, MOST_CLASSES))
    outputs: int = setting(label="Outputs", minimum=1, maximum=MOST_CLASSES)
    normalization: Statistics = setting(label="Normalisation")

    @classmethod
    def of(cls, experiment: Experiment, data: PreparedData, version: str) -> "Description":
        """Describe the network that `experiment` trains on its prepared data."""
        dataset, fitted = data.dataset, data.normalization
        outputs = _class_outputs(dataset.class_names)
        # Without a sample there is no range but that of the axes.
        samples = dataset.x if len(dataset.x) else np.array(dataset.limits).T
        lows, highs = samples.min(axis=0), samples.max(axis=0)
        return cls(
            version=version,
            experiment=experiment,
            input_names=dataset.input_names,
            input_ranges=tuple(map(Range, lows.tolist(), highs.tolist())),
            class_names=dataset.class_names,
            outputs=outputs or dataset.y.shape[1],
            normalization=Statistics(tuple(fitted.shift.tolist()), tuple(fitted.scale.tolist())),
        )

    def program(self) -> Program:
        """The network laid out: its layers, the output's included, and its tensors."""
        experiment = self.experiment
        features = len(experiment.data.features)
        return compile_program(
            features, experiment.layers, self.outputs, experiment.loss, experiment.task
        )

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter and running statistic, layer by layer:
        {"0.weight": (units, inputs), "0.bias": (units,), …}.
        """
        program = self.program()
        shapes = {each.name: each.shape for each in (*program.tensors, *program.buffers)}
        return {name: shapes[name] for name in program.tensor_names}

    def to_json(self) -> str:
        """One line of JSON, in ASCII; of a file that the data are in, it has the name alone."""
        given = replace(self, experiment=self.experiment.portable())
        return json.dumps({"playground": FORMAT_VERSION} | to_dict(given), allow_nan=False)

    def located(self, folder: Path) -> "Description":
        """As it was found in `folder`, where the data lie too if they are in a file."""
        return replace(self, experiment=self.experiment.located(folder))

    @classmethod
    def from_json(cls, text: str | None) -> "Description":
        """Read what `to_json` wrote. Raises `ModelError` when it does not describe a network."""
        if text is None:
            raise ModelError(
                "it holds no playground experiment, so it was not saved by this program"
            )
        if len(text) > MOST_CHARACTERS:
            raise ModelError("its description is too long")
        return cls.from_plain(plain_values(text, "its description is not JSON"))

    @classmethod
    def from_plain(cls, plain: object) -> "Description":
        """The description that JSON values make. Raises `ModelError` when they make none."""
        if not isinstance(plain, dict) or plain.get("playground") != FORMAT_VERSION:
            message = "its description is not in format {version}, which this program reads"
            raise ModelError(message, version=FORMAT_VERSION)
        fields = {name: value for name, value in plain.items() if name != "playground"}
        try:
            description = from_dict(cls, fields)
            description.experiment.check().located(Path())
        except ExperimentError as error:
            raise ModelError(_MISFIT, why=str(error.problems[0])) from None
        if misfit := description._misfit():
            raise ModelError(_MISFIT, why=misfit)
        return description

    def _misfit(self) -> Sentence | None:
        source = source_of(self.experiment.data)
        counts = (
            ("input_names", self.input_names, len(source.input_names)),
            ("input_ranges", self.input_ranges, len(source.input_names)),
            ("class_names", self.class_names, len(source.class_names)),
            ("normalization.shift", self.normalization.shift, len(self.experiment.data.features)),
            ("normalization.scale", self.normalization.scale, len(self.experiment.data.features)),
        )
        for name, listed, needed in counts:
            if len(listed) != needed:
                message = "{name} has {entries} entries; its experiment needs {needed}"
                return Sentence(message, name=name, entries=len(listed), needed=needed)
        outputs = _class_outputs(self.class_names) or self.outputs
        if self.outputs != outputs:
            message = "outputs is {outputs}; its experiment needs {needed}"
            return Sentence(message, outputs=self.outputs, needed=outputs)
        if 0 in self.normalization.scale:
            return Sentence("normalization.scale has a 0, by which nothing can be divided")
        if any(each.low > each.high for each in self.input_ranges):
            return Sentence("input_ranges has a low end above its high end")
        return None


def plain_values(text: str, otherwise: LiteralString) -> object:
    """The values in a JSON text. Raises `ModelError`, of another text with the sentence given.

    Every bracket becomes an object of 20 times its size, so that they are counted before.
    """
    for marks, most in (("[{", MOST_BRACKETS), (",", MOST_COMMAS), ('"', MOST_QUOTES)):
        if sum(map(text.count, marks)) > most:
            raise ModelError("it has too many parts for a model")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ModelError(otherwise) from None


def _class_outputs(class_names: tuple[str, ...]) -> int | None:
    """One output tells two classes apart; for regression, classes do not say."""
    classes = len(class_names)
    return {"binary": 1, "classes": classes}.get(task_of(classes))
