"""The trainer: an experiment at work, in plain Python without threads or windows."""

import math
import operator
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from playground.data.prepare import PreparedData, prepare
from playground.engine.kernels import BAD_UPDATE
from playground.engine.losses import output_activation
from playground.engine.network import Network
from playground.engine.passes import Samples
from playground.engine.program import compile_program
from playground.experiment import Experiment

if TYPE_CHECKING:
    from playground.export import Model, Saved

SPLITS = ("train", "validation", "test")
# A kernel call lasts about this long, so that Ctrl-C and progress bars are served between calls.
CALL_SECONDS = 0.05
ENDLESS = 2**62


class Trainer:
    """Trains the network that an experiment describes.

    The same experiment gives the same numbers, bit for bit. `status` is "ready", "diverged" (the
    weights are the last finite ones; a change of settings makes it ready again) or "finished" (a
    stop rule of the experiment was met); `message` says why in a sentence.

    Raises `ExperimentError` when the experiment does not fit together, and ValueError for a device
    or a number of threads that this version does not have.
    """

    def __init__(self, experiment: Experiment, device: str = "cpu", threads: int = 1) -> None:
        if device not in ("auto", "cpu"):
            raise ValueError(f'there is no device "{device}" in this version; use cpu')
        if threads != 1:
            raise ValueError("this version trains on one thread")
        self.experiment = experiment.check()
        self.prepared = prepare(experiment.data, experiment.seed)
        self._step_seconds = 0.0
        self._samples: dict[str, Samples] = {}
        self._network = _network_of(self.experiment, self.prepared)
        self._configure()

    # The experiment

    def apply(self, experiment: Experiment) -> None:
        """Go on with another experiment.

        Settings of training take effect at the next step. After a change of the stack or the
        features, weights that still fit stay. Another seed, data source, initializer or precision
        starts over. Raises `ExperimentError` when the experiment does not fit together; nothing has
        changed then.
        """
        old, new = self.experiment, experiment.check()
        other_data = new.data != old.data or new.seed != old.seed
        starts_over = _starts_over(old, new)
        other_network = starts_over or _shape(old) != _shape(new)
        # What may fail for want of memory comes first: nothing has changed then.
        prepared = prepare(new.data, new.seed) if other_data else self.prepared
        network = _network_of(new, prepared) if other_network else self._network
        if other_network and not starts_over:
            network.take_over(self._network, _places(old.data.features, new.data.features))
        if other_data:
            network.begin_epoch_again()
        if new.loss != old.loss:
            network.begin_history_again()
        if other_data or other_network:
            self._samples = {}
        self.experiment, self.prepared, self._network = new, prepared, network
        self._configure()

    def reset(self) -> None:
        """Back to step 0, with the first weights that follow from the seed."""
        self._network = _network_of(self.experiment, self.prepared)
        self._configure()

    def _configure(self) -> None:
        experiment = self.experiment
        penalties = experiment.regularization
        self._network.configure(
            experiment.optimizer, experiment.batch_size, penalties.l1, penalties.l2
        )
        self._step_seconds = 0.0  # a step may take another time now

    # Training

    def advance(
        self,
        *,
        steps: int | None = None,
        epochs: int | None = None,
        seconds: float | None = None,
    ) -> int:
        """Train on, until one of the given limits is met; returns the steps done.

        `epochs` counts ends of epochs: 1 trains to the end of the current one. Returns early when
        the training diverges or is finished. Raises ValueError
        when no limit is given, and for limits that are none.
        """
        if steps is None and epochs is None and seconds is None:
            raise ValueError("say how far: steps, epochs or seconds")
        if any(each is not None and operator.index(each) < 0 for each in (steps, epochs)):
            raise ValueError("steps and epochs are whole numbers from 0 on")
        if seconds is not None and not 0 <= seconds < math.inf:
            raise ValueError("seconds are a number from 0 on")
        begun = perf_counter()
        last_epoch = min(
            self._network.epoch + epochs if epochs is not None else ENDLESS,
            self.experiment.stop.epochs or ENDLESS,
        )
        done = 0
        while self.status == "ready" and self._network.epoch < last_epoch:
            left = steps - done if steps is not None else ENDLESS
            elapsed = perf_counter() - begun
            if left <= 0 or (seconds is not None and done and elapsed >= seconds):
                break
            time = CALL_SECONDS if seconds is None else min(CALL_SECONDS, seconds - elapsed)
            done += self._call(min(left, self._steps_in(time)), last_epoch)
        return done

    def _steps_in(self, seconds: float) -> int:
        """Steps that take about as long; one, as long as no step was timed."""
        return max(1, int(seconds / self._step_seconds)) if self._step_seconds else 1

    def _call(self, steps: int, last_epoch: int) -> int:
        """One kernel call; keeps a running mean of the time a step takes."""
        begun = perf_counter()
        done = self._network.train(
            self._split("train"), self._split("validation"), steps, last_epoch
        )
        if done:
            measured = (perf_counter() - begun) / done
            self._step_seconds = (
                0.5 * (self._step_seconds + measured) if self._step_seconds else measured
            )
        return done

    @property
    def step(self) -> int:
        """Updates made so far."""
        return self._network.step

    @property
    def epoch(self) -> int:
        """Passes through the training samples that are complete."""
        return self._network.epoch

    @property
    def status(self) -> str:
        """ "ready", "diverged" or "finished"."""
        if self._network.diverged:
            return "diverged"
        last = self.experiment.stop.epochs
        return "finished" if last is not None and self.epoch >= last else "ready"

    @property
    def message(self) -> str:
        """Why training diverged or is finished, in a sentence; else empty."""
        if self.status == "finished":
            return f"Finished after {self.epoch:,} epochs."
        if self.status == "ready":
            return ""
        rate = self.experiment.optimizer.learning_rate
        if self._network.diverged == BAD_UPDATE:
            what, why = "A weight became infinite or NaN", "the learning rate or ε does not fit"
            return f"{what} at epoch {self.epoch + 1:,}: {why} (learning rate {rate:g})."
        loss = "NaN" if math.isnan(self._network.last_loss) else "infinite"
        if self.step == 0:
            return f"The loss of the first weights is {loss}. Choose another initializer."
        return (
            f"Loss became {loss} at epoch {self.epoch + 1:,}. Learning rate {rate:g} is too high."
        )

    # Data

    def data(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """The samples of "train", "validation" or "test" as the network sees them.

        Gives x (n, features), and y: (n,) class indices, or (n, outputs) values for regression.
        """
        _, y = self.prepared.samples(split)
        return self._split(split).x.copy(), y.copy()

    def _split(self, name: str) -> Samples:
        if name not in self._samples:
            raw, y = self.prepared.samples(name)
            dtype = np.dtype(self.experiment.precision)
            x = self.prepared.network_inputs(raw)
            classes = len(self.prepared.dataset.class_names)
            if self.prepared.dataset.task == "classes":
                y = np.eye(classes)[y]
            y = y if y.ndim == 2 else y[:, None]
            arrays = [np.ascontiguousarray(each, dtype) for each in (x, y)]
            for array in arrays:
                array.setflags(write=False)
            self._samples[name] = Samples(*arrays)
        return self._samples[name]

    # What was learned

    def metrics(self, splits: tuple[str, ...] = SPLITS) -> dict[str, dict[str, float]]:
        """Loss, and for classes accuracy, on each split; NaN on an empty one."""
        scores = {}
        for split in splits:
            loss, accuracy = self._network.evaluate(self._split(split))
            scores[split] = {"loss": loss}
            if self.prepared.dataset.task != "regression":
                scores[split]["accuracy"] = accuracy
        return scores

    @property
    def history(self) -> dict[str, np.ndarray]:
        """Columns by epoch: "epoch", "train_loss", "train_accuracy", "validation_loss", ….

        A row holds the scores of the weights at the end of that epoch. Past 2,048 rows every second
        one is dropped, and half as many are added from then on; the first stays. Accuracies of a
        regression are NaN.
        """
        columns = self._network.history
        if self.prepared.dataset.task == "regression":
            for name in ("train_accuracy", "validation_accuracy"):
                columns[name][:] = np.nan
        return columns

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The outputs for raw inputs: x (n, inputs) → (n, outputs).

        For two classes the probability of the second (with hinge loss its score, positive for the
        second); for more, the probability of each; for regression, the values.
        """
        x = np.atleast_2d(np.asarray(x, np.float64))
        return self.outputs(self.prepared.network_inputs(x)).T.copy()

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """As `predict`, for what the first layer is given: (n, features) → (outputs, n)."""
        return self._network.outputs(inputs)

    def activations(self, x: np.ndarray) -> list[np.ndarray]:
        """What every unit gives for raw inputs x (n, inputs): per layer, features first, (units,
        n).
        """
        rows = self._network.activations(self.prepared.network_inputs(x))
        units = [self._network.program.features]
        units += [layer.units for layer in self._network.program.layers]
        return np.split(rows, np.cumsum(units)[:-1])

    @property
    def output_activation(self) -> str:
        """ "sigmoid", "softmax" or "linear"."""
        return output_activation(self.experiment.loss, self.experiment.task)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Copies of the weights (units, inputs) and biases (units,), under PyTorch's names."""
        return self._named(self._network.p)

    @property
    def gradients(self) -> dict[str, np.ndarray]:
        """The gradients of the newest step with their penalties, named like the parameters."""
        return self._named(self._network.g)

    def _named(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        return {tensor.name: tensor.of(flat).copy() for tensor in self._network.program.tensors}

    def load_parameters(self, parameters: Mapping[str, np.ndarray]) -> None:
        """Put in weights and biases, all or some; the optimizer begins with an empty state.

        Raises ValueError naming the tensor that does not fit; nothing has changed then.
        """
        tensors = {tensor.name: tensor for tensor in self._network.program.tensors}
        flat = self._network.p.copy()
        for name, array in parameters.items():
            if name not in tensors:
                raise ValueError(f'there is no "{name}" here; there are {", ".join(tensors)}')
            if np.shape(array) != tensors[name].shape:
                raise ValueError(
                    f'"{name}" has shape {np.shape(array)}; {tensors[name].shape} is needed'
                )
            with np.errstate(over="ignore"):
                tensors[name].of(flat)[:] = array
            if not np.isfinite(tensors[name].of(flat)).all():
                raise ValueError(f'"{name}" has a number that is not finite in {flat.dtype}')
        self._network.load(flat)

    def model(self) -> "Model":
        """The trained network apart from its trainer, as it is now."""
        from playground.export import Model

        return Model.of(self.experiment, self.prepared, self.parameters)

    def save(self, path: str | Path) -> "Saved":
        """Write the trained network; the ending chooses the format. Raises `export.ExportError`."""
        from playground.export import save_model

        return save_model(self.model(), path, self.predict)


def _network_of(experiment: Experiment, prepared: PreparedData) -> Network:
    dataset = prepared.dataset
    outputs = {"binary": 1, "classes": len(dataset.class_names)}.get(dataset.task)
    program = compile_program(
        len(experiment.data.features),
        experiment.layers,
        outputs or dataset.y.shape[1],
        experiment.loss,
        dataset.task,
    )
    return Network(program, experiment.precision, experiment.seed)


def _shape(experiment: Experiment) -> tuple[object, ...]:
    """What the tables of a network follow from."""
    return experiment.layers, experiment.data.features, experiment.loss


def _places(old: tuple[str, ...], new: tuple[str, ...]) -> list[int]:
    """Where each new feature was among the old ones; -1 where it was not."""
    return [old.index(name) if name in old else -1 for name in new]


def _starts_over(old: Experiment, new: Experiment) -> bool:
    """Whether the first weights follow from other settings, apart from the shape of the stack."""
    redrawn = len(old.layers) == len(new.layers) and any(
        a.initializer != b.initializer for a, b in zip(old.layers, new.layers, strict=True)
    )
    return redrawn or any(
        old_setting != new_setting
        for old_setting, new_setting in (
            (old.seed, new.seed),
            (old.data.source, new.data.source),
            (old.precision, new.precision),
        )
    )
