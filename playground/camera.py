"""The camera: takes a `Snapshot` of a trainer."""

import numpy as np

from playground.data.prepare import PreparedData
from playground.engine.contour import class_boundaries, contour
from playground.snapshot import FIELD_CELLS, LEVELS_PER_CLASS, UNIT_CELLS, Snapshot
from playground.trainer import Trainer


class Camera:
    """Takes pictures, and keeps the grids they are computed on while the data stay the same."""

    def __init__(self) -> None:
        self._data: PreparedData | None = None
        self._field_grid = self._field_inputs = self._unit_grid = np.empty((0, 0))

    def take(
        self,
        trainer: Trainer,
        serial: int,
        status: str,
        samples_per_second: float,
        reveal_test: bool,
    ) -> Snapshot:
        """A picture of the trainer as it is now; see `Snapshot`."""
        data = trainer.prepared
        if data is not self._data:
            self._data = data
            self._field_grid = plane_grid(data, FIELD_CELLS)
            self._field_inputs = data.network_inputs(self._field_grid)
            self._unit_grid = plane_grid(data, UNIT_CELLS)
        values = trainer.outputs(self._field_inputs).reshape(-1, FIELD_CELLS, FIELD_CELLS)
        heights = values
        if trainer.output_activation == "threshold":  # its steps say nothing between the cells
            sums = _weighted_sums(trainer, self._field_grid)
            heights = sums.reshape(-1, FIELD_CELLS, FIELD_CELLS)
        scale = _largest_target(data)
        splits = ("train", "validation", "test") if reveal_test else ("train", "validation")
        return _frozen(
            Snapshot(
                serial=serial,
                experiment=trainer.experiment,
                data=data,
                status=status,
                message=trainer.message,
                best_epoch=trainer.best_epoch if trainer.stopped_by == "early stopping" else None,
                step=trainer.step,
                epoch=trainer.epoch,
                samples_per_second=samples_per_second,
                parameters=trainer.parameters,
                gradients=trainer.gradients,
                unit_pictures=_unit_pictures(trainer, self._unit_grid, scale),
                field=_field(values, trainer.output_activation, scale),
                field_values=np.ascontiguousarray(values, np.float32),
                contour=_boundary(heights, trainer.output_activation, data),
                field_scale=scale,
                history=trainer.history,
                metrics=trainer.metrics(splits),
                slice_note=slice_note(data),
            )
        )


def plane_grid(data: PreparedData, cells: int) -> np.ndarray:
    """Raw inputs at the centres of `cells` × `cells` of the plotted plane, top row first.

    Inputs beyond the first two are held at their mean over the training samples: (cells², inputs).
    """
    (left, right), (bottom, top) = data.dataset.limits
    centres = (np.arange(cells) + 0.5) / cells
    x1, x2 = np.meshgrid(left + (right - left) * centres, top + (bottom - top) * centres)
    grid = np.tile(_means(data), (cells * cells, 1))
    grid[:, 0] = x1.ravel()
    grid[:, 1:2] = x2.reshape(-1, 1)[:, : grid.shape[1] - 1]
    return grid


def _means(data: PreparedData) -> np.ndarray:
    x, _ = data.samples("train")
    return x.mean(axis=0) if len(x) else np.zeros(x.shape[1])


def slice_note(data: PreparedData) -> str:
    """In words, at what the inputs are held that the plot does not show."""
    means = _means(data)
    held = list(zip(data.dataset.input_names, means, strict=True))[2:]
    return "At " + ", ".join(f"{name} = {mean:.3g}" for name, mean in held) if held else ""


def _largest_target(data: PreparedData) -> float:
    """For a regression, the largest absolute target; else 1."""
    if data.dataset.task != "regression":
        return 1.0
    return float(np.abs(data.dataset.y).max(initial=0.0)) or 1.0


def _indices(values: np.ndarray) -> np.ndarray:
    """Values as places in a map of 256 colours: -1 at 1, 0 at 128, 1 at 255; the rest is cut."""
    return (128.5 + 127.0 * np.clip(np.nan_to_num(values), -1.0, 1.0)).astype(np.uint8)


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


def _boundary(values: np.ndarray, output: str, data: PreparedData) -> np.ndarray:
    if data.dataset.task == "regression":
        return np.zeros((0, 4), np.float32)
    if output == "softmax":
        return class_boundaries(values, data.dataset.limits)
    return contour(values[0], 0.5 if output == "sigmoid" else 0.0, data.dataset.limits)


def _weighted_sums(trainer: Trainer, grid: np.ndarray) -> np.ndarray:
    """What the output layer puts through its activation, for raw inputs: (outputs, n)."""
    *_, before, _ = trainer.activations(grid)
    *_, weight, bias = trainer.parameters.values()
    return (weight @ before + bias[:, None]).astype(before.dtype)


def _unit_pictures(trainer: Trainer, grid: np.ndarray, scale: float) -> tuple[np.ndarray, ...]:
    """Each layer's units over the plane, each in the colours of its own largest value."""
    *hidden, outputs = trainer.activations(grid)
    pictures = []
    for layer in hidden:
        largest = np.abs(layer).max(axis=1, keepdims=True)
        pictures.append(layer / np.where(largest > 0, largest, 1.0))
    output = trainer.output_activation
    pictures.append(2.0 * outputs - 1.0 if output == "softmax" else _signed(outputs, output, scale))
    return tuple(_indices(each).reshape(-1, UNIT_CELLS, UNIT_CELLS) for each in pictures)


def _frozen(snapshot: Snapshot) -> Snapshot:
    """The snapshot with its arrays made read-only."""
    arrays = [snapshot.field, snapshot.field_values, snapshot.contour, *snapshot.unit_pictures]
    for named in (snapshot.parameters, snapshot.gradients, snapshot.history):
        arrays += named.values()
    for array in arrays:
        array.setflags(write=False)
    return snapshot
