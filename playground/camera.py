"""The camera: takes a `Snapshot` of a trainer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from playground.data.plane import Plane, plane_of
from playground.data.prepare import PreparedData
from playground.diagnosis import Examiner
from playground.engine.contour import class_boundaries, contour
from playground.snapshot import (
    FIELD_CELLS,
    LEVELS_PER_CLASS,
    UNIT_CELLS,
    Diagnosis,
    Event,
    Limits,
    Run,
    Snapshot,
    Wanted,
    shown_samples,
)
from playground.trainer import Trainer
from playground.view import View
from playground.weights import weights_of


@dataclass(frozen=True)
class Circumstances:
    """What a picture tells beside the trainer's own state; see `Snapshot`."""

    serial: int = 0
    status: str = "ready"
    samples_per_second: float = 0.0
    threads: int = 1
    events: tuple[Event, ...] = ()
    runs: tuple[Run, ...] = ()


WANTS_NOTHING = Wanted()
JUST_BEGUN = Circumstances()


class Camera:
    """Takes pictures, and keeps the grids they are computed on while the plane stays the same."""

    def __init__(self) -> None:
        self._examiner = Examiner()
        self._data: PreparedData | None = None
        self._slice: tuple[object, ...] = ()
        self._plane: Plane
        self._limits: Limits
        self._field_grid = self._field_inputs = self._unit_inputs = np.empty((0, 0))

    def take(
        self,
        trainer: Trainer,
        circumstances: Circumstances = JUST_BEGUN,
        wanted: Wanted = WANTS_NOTHING,
        reveal_test: bool = False,
    ) -> Snapshot:
        """A picture of the trainer as it is now; see `Snapshot`."""
        data, view = trainer.prepared, trainer.experiment.view
        self._look_at(data, view, wanted.limits, trainer.network.dtype)
        limits = self._limits
        values = trainer.outputs(self._field_inputs).reshape(-1, FIELD_CELLS, FIELD_CELLS)
        heights = values
        if trainer.output_activation == "threshold":  # its steps say nothing between the cells
            sums = _weighted_sums(trainer, self._field_grid)
            heights = sums.reshape(-1, FIELD_CELLS, FIELD_CELLS)
        scale = _largest_target(data)
        splits = ("train", "validation", "test") if reveal_test else ("train", "validation")
        unit = _there(trainer, wanted.unit)
        sample = wanted.sample if (wanted.sample or 0) < len(data.dataset.x) else None
        unit_field, unit_scale = _unit_field(trainer, self._field_grid, scale, unit)
        return _frozen(
            Snapshot(
                **vars(circumstances),
                experiment=trainer.experiment,
                data=data,
                message=trainer.message,
                stopped_by=trainer.stopped_by,
                best_epoch=trainer.best_epoch,
                best_differs=trainer.best_differs,
                step=trainer.step,
                epoch=trainer.epoch,
                kept_epochs=trainer.kept_epochs,
                newest_epoch=trainer.newest_epoch,
                parameters=trainer.parameters,
                gradients=trainer.gradients if trainer.stepped else {},
                unit_pictures=_unit_pictures(trainer, self._unit_inputs, scale),
                field=_field(values, trainer.output_activation, scale),
                field_values=np.ascontiguousarray(values, np.float32),
                contour=_boundary(heights, trainer.output_activation, data, limits),
                limits=limits,
                field_scale=scale,
                history=trainer.history,
                metrics=trainer.metrics(splits),
                unit=unit,
                unit_field=unit_field,
                unit_scale=unit_scale,
                confusion=_confusion(trainer, wanted.confusion, reveal_test),
                diagnosis=self._diagnose(trainer, circumstances, wanted),
                weights=None if wanted.weights is None else weights_of(trainer, wanted.weights),
                plane=self._plane,
                shares=_shares(trainer, self._field_grid[:FIELD_CELLS]),
                mistakes=_mistakes(trainer, view, reveal_test),
                sample=sample,
                sample_outputs=None if sample is None else _outputs_of(trainer, sample),
            )
        )

    def _diagnose(
        self, trainer: Trainer, circumstances: Circumstances, wanted: Wanted
    ) -> Diagnosis | None:
        running = circumstances.status == "running"
        return self._examiner.look(trainer, running) if wanted.diagnosis else None

    def _look_at(
        self, data: PreparedData, view: View, wanted: Limits | None, precision: np.dtype
    ) -> None:
        slice_ = view.plane, view.axes, view.held, precision
        other = data is not self._data or slice_ != self._slice
        if other:
            self._data, self._slice = data, slice_
            self._plane = plane_of(data, view)
            unit_grid = plane_grid(self._plane, UNIT_CELLS, self._plane.limits)
            self._unit_inputs = data.network_inputs(unit_grid).astype(precision)
        limits = wanted or self._plane.limits
        if other or limits != self._limits:
            self._limits = limits
            self._field_grid = plane_grid(self._plane, FIELD_CELLS, limits)
            self._field_inputs = data.network_inputs(self._field_grid).astype(precision)


def plane_grid(plane: Plane, cells: int, limits: Limits) -> np.ndarray:
    """Raw inputs at the centres of `cells`² places of a plane, top row first: (cells², inputs)."""
    (left, right), (bottom, top) = limits
    centres = (np.arange(cells) + 0.5) / cells
    u, v = np.meshgrid(left + (right - left) * centres, top + (bottom - top) * centres)
    return plane.inputs(u.ravel(), v.ravel())


def _largest_target(data: PreparedData) -> float:
    """For a regression, the largest absolute target; else 1."""
    if data.dataset.task != "regression":
        return 1.0
    return float(np.abs(data.dataset.y).max(initial=0.0)) or 1.0


def _indices(values: np.ndarray) -> np.ndarray:
    """Values as places in a map of 256 colours: -1 at 1, 0 and NaN at 128, 1 at 255; the rest is
    cut.
    """
    known = np.where(np.isnan(values), 0, values)
    return (128.5 + 127.0 * np.clip(known, -1.0, 1.0)).astype(np.uint8)


def _signed(values: np.ndarray, output: str, scale: float) -> np.ndarray:
    """The outputs from -1 to 1, with the boundary of two classes at 0."""
    return 2.0 * values - 1.0 if output in ("sigmoid", "threshold") else values / scale


def _field(values: np.ndarray, output: str, scale: float) -> np.ndarray:
    if output != "softmax":
        return _indices(_signed(values[0], output, scale))
    # How sure: 0 where the class is as likely as chance would have it, 1 where it is certain.
    chance = 1.0 / len(values)
    sure = np.clip((np.nan_to_num(values).max(axis=0) - chance) / (1.0 - chance), 0.0, 1.0)
    levels = np.rint(sure * (LEVELS_PER_CLASS - 1))
    return (values.argmax(axis=0) * LEVELS_PER_CLASS + levels).astype(np.uint8)


def _boundary(values: np.ndarray, output: str, data: PreparedData, limits: Limits) -> np.ndarray:
    if data.dataset.task == "regression":
        return np.zeros((0, 4), np.float32)
    if output == "softmax":
        return class_boundaries(values, limits)
    return contour(values[0], 0.5 if output == "sigmoid" else 0.0, limits)


def _weighted_sums(trainer: Trainer, grid: np.ndarray) -> np.ndarray:
    """What the output layer puts through its activation, for raw inputs: (outputs, n)."""
    *_, before, _ = trainer.activations(grid)
    *_, weight, bias = trainer.parameters.values()
    return (weight @ before + bias[:, None]).astype(before.dtype)


def _unit_pictures(trainer: Trainer, inputs: np.ndarray, scale: float) -> tuple[np.ndarray, ...]:
    """Each layer's units over the plane, each in the colours of its own largest value."""
    *hidden, outputs = trainer.layer_outputs(inputs)
    shown = [_own_scale(np.concatenate(hidden)), _output_picture(trainer, outputs, scale)]
    pictures = _indices(np.concatenate(shown)).reshape(-1, UNIT_CELLS, UNIT_CELLS)
    ends = np.cumsum([len(each) for each in hidden])
    return tuple(np.split(pictures, ends))


def _unit_field(
    trainer: Trainer, grid: np.ndarray, scale: float, unit: tuple[int, int] | None
) -> tuple[np.ndarray | None, float]:
    """One unit over the plane, in as many cells as the field has, and the value of the last colour.

    An output has the scale of the field.
    """
    if unit is None:
        return None, 1.0
    layers = trainer.activations(grid)
    layer, index = unit
    values = layers[layer][index : index + 1]
    last = layer == len(layers) - 1
    shown = _output_picture(trainer, values, scale) if last else _own_scale(values)
    largest = scale if last else float(np.abs(values).max())
    return _indices(shown).reshape(FIELD_CELLS, FIELD_CELLS), largest


def _own_scale(values: np.ndarray) -> np.ndarray:
    largest = np.abs(values).max(axis=1, keepdims=True)
    return values / np.where(largest > 0, largest, 1.0)


def _output_picture(trainer: Trainer, values: np.ndarray, scale: float) -> np.ndarray:
    output = trainer.output_activation
    return 2.0 * values - 1.0 if output == "softmax" else _signed(values, output, scale)


def _there(trainer: Trainer, unit: tuple[int, int] | None) -> tuple[int, int] | None:
    """The unit, unless an edit has taken it away."""
    if unit is None:
        return None
    program = trainer.network.program
    units = [program.features, *program.units]
    layer, index = unit
    return unit if layer < len(units) and index < units[layer] else None


def _confusion(trainer: Trainer, split: str, reveal_test: bool) -> np.ndarray | None:
    if not split or (split == "test" and not reveal_test):
        return None
    if trainer.prepared.dataset.task != "regression":
        return trainer.confusion(split)
    x, y = trainer.prepared.samples(split)
    return np.hstack([y, trainer.predict(x)]) if len(x) else np.zeros((0, 2))


def _shares(trainer: Trainer, grid: np.ndarray) -> np.ndarray | None:
    """Of data with one input: what each unit of the last hidden layer adds to the first output."""
    if grid.shape[1] > 1 or trainer.output_activation != "linear":
        return None
    *_, before, _ = trainer.activations(grid)
    *_, weight, _ = trainer.parameters.values()
    return before * weight[0][:, None]


def _mistakes(trainer: Trainer, view: View, reveal_test: bool) -> np.ndarray | None:
    """Which of the samples shown are put into a wrong class; those of the test when revealed."""
    data = trainer.prepared
    if not view.mark_mistakes or data.dataset.task == "regression":
        return None
    shown = shown_samples(data, view.split)
    if not reveal_test:
        shown = np.setdiff1d(shown, data.splits["test"], assume_unique=True)
    outputs = trainer.outputs(data.network_inputs(data.dataset.x[shown]))
    middle = 0.0 if trainer.output_activation == "linear" else 0.5
    found = outputs.argmax(axis=0) if len(outputs) > 1 else outputs[0] >= middle
    return shown[found != data.dataset.y[shown]]


def _outputs_of(trainer: Trainer, sample: int) -> np.ndarray:
    return trainer.predict(trainer.prepared.dataset.x[sample])[0]


def _frozen(snapshot: Snapshot) -> Snapshot:
    """The snapshot with its arrays made read-only."""
    for array in _arrays(vars(snapshot).values()):
        array.setflags(write=False)
    return snapshot


def _arrays(values: Iterable[object]) -> Iterator[np.ndarray]:
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, dict):
            yield from _arrays(value.values())
        elif isinstance(value, tuple):
            yield from _arrays(value)
