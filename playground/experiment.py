"""The experiment: everything a person can set, as one value.

An `Experiment` is frozen. An edit makes a new one (`with_`), a file holds one, and a trainer is
made from one. Undo, saving, sharing and comparing need nothing else.
"""

import json
import re
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, LiteralString

from playground.data import paths
from playground.data.dataset import task_of
from playground.data.features import feature_of, inputs_needed, raw_features
from playground.data.origin import is_file, source_of
from playground.data.points import Points
from playground.data.settings import Data
from playground.data.settings import Split as Split  # found here with the rest
from playground.data.table import Table
from playground.engine.layers import LAYERS, MOST_DENSE, BatchNorm, Dense, Layer
from playground.engine.losses import CROSS_ENTROPIES, LOSSES
from playground.engine.optimizers import OPTIMIZERS, Adam, Optimizer, Perceptron
from playground.engine.schedules import SCHEDULES, Constant, Schedule
from playground.fields import (
    ExperimentError,
    Problem,
    check,
    from_dict,
    replace_at,
    setting,
    to_dict,
)
from playground.schema import schema
from playground.shipped import EXAMPLES
from playground.view import View

FORMAT_VERSION = 1
SUFFIX = ".playground.json"
MOST_CLASSES = 1000
MOST_BYTES = 20_000_000
_NUMBERS = re.compile(r"\[\s+([-+.\deE]+(?:,\s+[-+.\deE]+)*)\s+\]")
_LOSS_MISFITS: dict[str, LiteralString] = {
    "binary": '"{loss}" does not fit data with two classes; use {fitting}',
    "classes": '"{loss}" does not fit data with several classes; use {fitting}',
    "regression": '"{loss}" does not fit data with values; use {fitting}',
}
MOST_DIGITS = 4000  # Python refuses to read whole numbers of more than 4,300


@dataclass(frozen=True)
class Regularization:
    """What keeps weights (not biases) and gradients small; a limit of None is not applied."""

    l1: float = setting(
        0.0, "L1", minimum=0, maximum=10, log=True, help="λ in λ Σ|w|: drives weights to 0"
    )
    l2: float = setting(
        0.0, "L2", minimum=0, maximum=10, log=True, help="λ in λ/2 Σw²: keeps weights small"
    )
    weight_decay: float = setting(
        0.0,
        "Weight decay",
        minimum=0,
        maximum=10,
        log=True,
        help="λ in w ← (1 − η λ) w at each step, apart from the gradient",
    )
    clip_value: float | None = setting(
        None,
        "Clip values",
        minimum=0,
        maximum=1e6,
        above_minimum=True,
        help="Largest absolute value of each partial derivative",
    )
    clip_norm: float | None = setting(
        None,
        "Clip norm",
        minimum=0,
        maximum=1e6,
        above_minimum=True,
        help="Largest length of the whole gradient",
    )
    max_norm: float | None = setting(
        None,
        "Max-norm",
        minimum=0,
        maximum=1e6,
        above_minimum=True,
        help="Largest length of the weights into one unit",
    )


@dataclass(frozen=True)
class EarlyStopping:
    """Ends training when the validation loss has not become smaller for a while."""

    patience: int = setting(
        50, "Patience", minimum=1, maximum=10**6, unit="epochs", help="Epochs without progress"
    )
    min_delta: float = setting(
        0.0, "Minimum change", minimum=0, maximum=1e6, help="Less than this is no progress"
    )
    restore_best: bool = setting(
        True, "Restore best", help="Go back to the weights of the best epoch at the end"
    )


@dataclass(frozen=True)
class Stop:
    """When training ends by itself: at the first of these that is met."""

    epochs: int | None = setting(
        None, "Epochs", minimum=1, maximum=10**9, help="Passes through the training samples"
    )
    steps: int | None = setting(
        None, "Steps", minimum=1, maximum=10**12, help="Updates of the weights"
    )
    seconds: float | None = setting(
        None, "Seconds", minimum=0, maximum=1e9, above_minimum=True, help="Time spent training"
    )
    target_loss: float | None = setting(
        None, "Target loss", minimum=0, maximum=1e9, help="A training loss that is good enough"
    )
    early_stopping: EarlyStopping | None = setting(None, "Early stopping")


@dataclass(frozen=True)
class Experiment:
    """Data, network and training, complete; the same experiment gives the same numbers."""

    name: str = setting("Untitled", "Name", maximum=200)
    seed: int = setting(
        42, "Seed", minimum=0, maximum=2**32 - 1, step=1, help="Start of every random choice"
    )
    data: Data = setting(Data(), "Data")
    layers: tuple[Layer, ...] = setting(
        (Dense(8), Dense(8)),
        "Layers",
        catalogue=LAYERS,
        many=(0, 3 * MOST_DENSE),
        help="Hidden layers, first to last; the output layer follows from the data",
    )
    loss: str = setting(
        "cross_entropy", "Loss", choices=lambda: tuple(LOSSES), help="What training makes small"
    )
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        minimum=0,
        maximum=0.9,
        step=0.01,
        help="Share of each target that is spread over all classes; for cross-entropy",
    )
    class_weights: tuple[float, ...] = setting(
        (),
        "Class weights",
        minimum=1e-6,
        maximum=1e6,
        many=(0, MOST_CLASSES),
        help="How much a sample of each class counts in the loss; all the same when left out",
    )
    optimizer: Optimizer = setting(Adam(), "Optimizer", catalogue=OPTIMIZERS)
    schedule: Schedule = setting(Constant(), "Schedule", catalogue=SCHEDULES)
    regularization: Regularization = setting(Regularization(), "Regularisation")
    batch_size: int = setting(
        10, "Batch size", minimum=1, maximum=100_000, log=True, help="Samples per step"
    )
    precision: str = setting(
        "float32", "Precision", choices=lambda: ("float32", "float64"), help="Number format"
    )
    stop: Stop = setting(Stop(), "Stop")
    view: View = setting(View(), "View", help="What the window shows; no number depends on it")

    @property
    def task(self) -> str:
        """ "binary", "classes" or "regression": what the data ask for."""
        return task_of(len(source_of(self.data).class_names))

    def problems(self) -> tuple[Problem, ...]:
        """What does not fit, each with its path and a sentence; empty when it can be trained."""
        return tuple(check(self) or [*self.data.misfits("data")] or self._misfits())

    def _misfits(self) -> Iterator[Problem]:
        split = self.data.split
        total = split.train + split.validation + split.test
        if abs(total - 1) > 1e-6:
            message = "the shares add up to {total:g}; they must add up to 1"
            yield Problem("data.split", message, total=total)
        if self.task not in LOSSES[self.loss].tasks:
            fitting = ", ".join(row.name for row in LOSSES.values() if self.task in row.tasks)
            yield Problem("loss", _LOSS_MISFITS[self.task], loss=self.loss, fitting=fitting)
        yield from self._layer_misfits()
        yield from self._class_misfits()
        early = self.stop.early_stopping
        if early is not None and split.validation == 0:
            message = "there are no validation samples to watch; give them a share of the split"
            yield Problem("stop.early_stopping", message)
        inputs = len(source_of(self.data).input_names)
        for index, feature in enumerate(self.data.features):
            if inputs_needed(feature) > inputs:
                message = '"{feature}" needs more inputs than the {inputs} of this data'
                path = f"data.features.{index}"
                yield Problem(path, message, feature=feature, inputs=inputs)
        formulas = {feature_of(feature).formula for feature in self.data.features}
        if len(formulas) < len(self.data.features):
            yield Problem("data.features", "a feature is listed twice")

    def _layer_misfits(self) -> Iterator[Problem]:
        dense = sum(isinstance(layer, Dense) for layer in self.layers)
        if dense > MOST_DENSE:
            message = "there are {dense} dense layers; at most {most} can be"
            yield Problem("layers", message, dense=dense, most=MOST_DENSE)
        if self.batch_size == 1:
            for index, layer in enumerate(self.layers):
                if isinstance(layer, BatchNorm) and not layer.frozen:
                    message = "batch norm needs batches of at least 2 samples"
                    yield Problem(f"layers.{index}", message)
        if isinstance(self.optimizer, Perceptron) and (self.layers or self.loss != "perceptron"):
            message = "the perceptron rule is for the perceptron loss and no hidden layers"
            yield Problem("optimizer", message)

    def _class_misfits(self) -> Iterator[Problem]:
        classes = len(source_of(self.data).class_names)
        if self.label_smoothing and self.loss not in CROSS_ENTROPIES:
            message = "it is for {one} and {other}, not for {loss}"
            one, other = CROSS_ENTROPIES
            yield Problem("label_smoothing", message, one=one, other=other, loss=self.loss)
        if self.class_weights and len(self.class_weights) != classes:
            message = "there are {weights} weights for {classes} classes"
            weights = len(self.class_weights)
            yield Problem("class_weights", message, weights=weights, classes=classes)

    def check(self) -> "Experiment":
        """This experiment, if it can be trained; raises `ExperimentError` if not."""
        if problems := self.problems():
            raise ExperimentError(problems)
        return from_dict(type(self), self)  # lists as tuples, "adam" as Adam()

    def with_(self, path: str, value: Any) -> "Experiment":
        """A copy with one value changed: `experiment.with_("optimizer.learning_rate", 0.1)`.

        The copy may not fit together (see `problems`). Raises `ExperimentError` for a path that
        leads nowhere and for a value of the wrong type or out of its limits.
        """
        return replace_at(self, path, value)

    def with_source(
        self,
        name: str,
        *,
        points: Points | None = None,
        formula: str | None = None,
        table: Table | None = None,
    ) -> "Experiment":
        """A copy on another data source, with features, a loss and an optimizer that fit it.

        A name that came with the data goes with them. Inputs in units of their own, as columns of a
        table have them, are normalised. `name` is what `Data.source` may be; `points`, `formula`
        and `table` take the place of those there are. Raises `ExperimentError` for a source that
        cannot be.
        """
        changed = replace_at(self, "data.source", name)
        given = {"data.points": points, "data.formula": formula, "data.table": table}
        for path, value in given.items():
            changed = changed if value is None else replace_at(changed, path, value)
        if problems := tuple(changed.data.misfits("data")):
            raise ExperimentError(problems)
        source, before = source_of(changed.data), source_of(self.data)
        if source.input_names != before.input_names or not changed.data.has_features():
            raw = raw_features(len(source.input_names))
            changed = replace_at(changed, "data.features", raw)
            if source.limits is None and self.data.normalize == "none":
                changed = replace_at(changed, "data.normalize", "standard")
        is_usual = self.loss == _usual_loss(self.task)  # rather than chosen
        if is_usual or changed.task not in LOSSES[self.loss].tasks:
            changed = replace_at(changed, "loss", _usual_loss(changed.task))
        if isinstance(changed.optimizer, Perceptron) and changed.loss != "perceptron":
            changed = replace_at(changed, "optimizer.type", "sgd")
        if changed.loss not in CROSS_ENTROPIES:
            changed = replace_at(changed, "label_smoothing", 0.0)
        if len(changed.class_weights) not in (0, len(source.class_names)):
            changed = replace_at(changed, "class_weights", ())
        if self.name == _usual_name(self.data):
            changed = replace(changed, name=_usual_name(changed.data))
        return changed

    @classmethod
    def example(cls, name: str) -> "Experiment":
        """An experiment that ships with the program, by name (`playground list examples`)."""
        if name not in EXAMPLES:
            message = 'there is no example "{name}"; there are {names}'
            raise ExperimentError([Problem("", message, name=name, names=", ".join(EXAMPLES))])
        return cls.from_json(EXAMPLES[name].read_text("utf-8"))

    @classmethod
    def from_dict(cls, plain: object) -> "Experiment":
        """The experiment that JSON values describe. Raises `ExperimentError` with every fault."""
        if isinstance(plain, dict):
            version = plain.get("playground")
            if type(version) is not int or version != FORMAT_VERSION:
                message = (
                    'is missing; an experiment begins with "playground": {known}'
                    if version is None
                    else "is format {given}; this program reads {known}"
                )
                given = reprlib.repr(version)
                problem = Problem("playground", message, given=given, known=FORMAT_VERSION)
                raise ExperimentError([problem])
            plain = {name: value for name, value in plain.items() if name != "playground"}
        return from_dict(cls, plain).check()

    @classmethod
    def from_json(cls, text: str) -> "Experiment":
        """The experiment in a JSON text. Raises `ExperimentError` when it is none."""
        try:
            plain = json.loads(text, parse_int=_whole_number)
        except json.JSONDecodeError as error:
            message = "this is not an experiment in JSON: line {line}, column {column} is not"
            problem = Problem("", message, line=error.lineno, column=error.colno)
            raise ExperimentError([problem]) from None
        except RecursionError:
            message = "brackets are nested too deep for an experiment"
            raise ExperimentError([Problem("", message)]) from None
        return cls.from_dict(plain)

    @classmethod
    def load(cls, path: str | Path, *, anywhere: bool = False) -> "Experiment":
        """Read an experiment file; the path of its data becomes one that leads there from anywhere.

        That path has to be relative and to stay in the file's folder, unless it may be `anywhere`,
        as in what the program saves for itself. Raises `ExperimentError` or `OSError`.
        """
        path = Path(path)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            message = "this is too large for an experiment file"
            raise ExperimentError([Problem("", message)])
        try:
            experiment = cls.from_json(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            message = "this is not a text in UTF-8"
            raise ExperimentError([Problem("", message)]) from None
        return experiment if anywhere else experiment.located(path.parent)

    def located(self, folder: Path) -> "Experiment":
        """This experiment, read from a file in `folder`, with the path of its data in full.

        Raises `ExperimentError` when that path is absolute or leaves the folder.
        """
        if not is_file(self.data):
            return self
        return replace_at(self, "data.source", paths.inside(folder, self.data.source))

    def portable(self) -> "Experiment":
        """This experiment, for a file that may be given away: of the path of its data, the name."""
        if not is_file(self.data):
            return self
        return replace_at(self, "data.source", Path(self.data.source).name)

    def save(self, path: str | Path, *, anywhere: bool = False) -> "Experiment":
        """Write it as a file, whole or not at all; returns it as the file now has it.

        A CSV file of data that lies elsewhere is copied beside it, and the path to it is written
        relative, so that the folder can be moved and given away; with `anywhere` it stays where it
        is, under its full path. Raises `ExportError` when a file cannot be written or copied.
        """
        from playground.export.experiment import save

        return save(self, Path(path), anywhere)

    def to_dict(self) -> dict[str, Any]:
        """The experiment as JSON values, complete."""
        return {"playground": FORMAT_VERSION} | to_dict(self)

    def to_json(self) -> str:
        """The experiment as a JSON text of several lines."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"
        # A line break is never inside a text here, so that these are lists.
        return _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text)

    @staticmethod
    def schema() -> dict[str, Any]:
        """The JSON schema of an experiment file."""
        described = schema(Experiment)
        version = {"playground": {"const": FORMAT_VERSION}}
        described["properties"] = version | described["properties"]
        described["required"] = ["playground"]
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Playground experiment",
        }
        return head | described


def _usual_loss(task: str) -> str:
    return "mse" if task == "regression" else "cross_entropy"


def _usual_name(data: Data) -> str:
    """What the example with these data is called; else what the data are."""
    if data.source in EXAMPLES:
        return Experiment.example(data.source).name
    return source_of(data).label


def _whole_number(digits: str) -> float:
    return int(digits) if len(digits) < MOST_DIGITS else float(digits)
