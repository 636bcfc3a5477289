"""The trainer: an experiment at work, in plain Python without windows."""

import math
import operator
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

import numpy as np

from playground import ending
from playground.changes import change, places
from playground.compile import network_of, samples_of, settings_of
from playground.data.prepare import PreparedData, prepare
from playground.engine.losses import output_activation
from playground.engine.network import Network
from playground.engine.plan import COLUMNS, MEASURED, Samples
from playground.engine.program import ROW
from playground.engine.settings import MOST_THREADS
from playground.engine.team import Team
from playground.experiment import Experiment
from playground.sentence import Sentence

if TYPE_CHECKING:
    from playground.export import Model, Saved

SPLITS = ("train", "validation", "test")
# A kernel call lasts about this long, so that Ctrl-C and progress bars are served between calls.
CALL_SECONDS = 0.05
NEARLY = 0.95  # of the seconds to train for: what is left is not worth a call
ENDLESS = 2**62


class Trainer:
    """Trains the network that an experiment describes.

    The same experiment gives the same numbers, bit for bit. `status` is "ready", "diverged" (the
    weights are the last finite ones; a change of settings makes it ready again) or "finished" (a
    stop rule of the experiment was met); `message` says why in a sentence.

    With several `threads`, steps that are worth it are shared out among them; the numbers stay the
    same. `data` are prepared samples to use in place of those that the experiment describes: a
    fold, a resample. They stay until the experiment's own data or seed change.

    Raises `ExperimentError` when the experiment does not fit together or would not fit into memory,
    and for given data that are not finite; ValueError for a device or a number of threads that this
    version does not have, and for given data that do not fit.
    """

    def __init__(
        self,
        experiment: Experiment,
        device: str = "cpu",
        threads: int = 1,
        *,
        data: PreparedData | None = None,
    ) -> None:
        if device not in ("auto", "cpu"):
            raise ValueError(f'there is no device "{device}" in this version; use cpu')
        if not 1 <= threads <= MOST_THREADS:
            raise ValueError(f"there can be 1 to {MOST_THREADS} threads, not {threads}")
        self.experiment = experiment.check()
        if data is not None and not data.fits(self.experiment.data):
            raise ValueError("the data given have other features or classes than the experiment's")
        self.prepared = data or prepare(experiment.data, experiment.seed)
        self._team = Team(threads)
        self._samples: dict[str, Samples] = {}
        if data is not None:
            for name in SPLITS:  # raises for what is not finite
                self._split(name)
        self._measures = self._measures_now = False
        self._begin()

    def _begin(self) -> None:
        self.network: Network = network_of(self.experiment, self.prepared, self._team)
        self._seconds = 0.0  # spent training
        self._configure()

    def _configure(self) -> None:
        settings = replace(settings_of(self.experiment), measure_steps=self._measures)
        self.network.configure(settings)
        self._measures_now = self._measures
        self._timed = 0.0, 0.0  # steps and their seconds: a step may take another time now

    # The experiment

    def apply(self, experiment: Experiment) -> None:
        """Go on with another experiment.

        Settings of training take effect at the next step. After a change of the stack or the
        features, weights that still fit stay. Another seed, data source, initializer or precision
        starts over. Raises `ExperimentError` when the experiment does not fit together; nothing has
        changed then.
        """
        old, new = self.experiment, experiment.check()
        other = change(old, new)
        if other.nothing:  # a training that is finished stays so
            self.experiment = new
            return
        # What may fail for want of memory comes first: nothing has changed then.
        prepared = prepare(new.data, new.seed) if other.data else self.prepared
        network = network_of(new, prepared, self._team) if other.network else self.network
        if other.starts_over:
            self._seconds = 0.0
        elif other.network:
            network.take_over(self.network, places(old.data.features, new.data.features))
        if other.data:
            network.begin_epoch_again()
        if other.measure:
            network.begin_history_again()
        if other.data or other.network or other.measure:
            self._samples = {}
        self.experiment, self.prepared, self.network = new, prepared, network
        self._configure()

    def reset(self) -> None:
        """Back to step 0, with the first weights that follow from the seed."""
        self._begin()

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
        the training diverges or is finished. Raises ValueError when no limit is given, and for
        limits that are none.
        """
        if steps is None and epochs is None and seconds is None:
            raise ValueError("say how far: steps, epochs or seconds")
        if any(each is not None and operator.index(each) < 0 for each in (steps, epochs)):
            raise ValueError("steps and epochs are whole numbers from 0 on")
        if seconds is not None and not 0 <= seconds < math.inf:
            raise ValueError("seconds are a number from 0 on")
        self._follow_measures()
        begun, first, stop = perf_counter(), self.step, self.experiment.stop
        last_step = min(first + (ENDLESS if steps is None else steps), stop.steps or ENDLESS)
        last_epoch = min(self.epoch + (ENDLESS if epochs is None else epochs), ENDLESS)
        last_epoch = min(last_epoch, stop.epochs or ENDLESS)
        called = False
        while self.status == "ready" and self.epoch < last_epoch and self.step < last_step:
            elapsed = perf_counter() - begun
            if seconds is not None and called and elapsed >= NEARLY * seconds:
                break
            time = CALL_SECONDS if seconds is None else min(CALL_SECONDS, seconds - elapsed)
            self._call(min(last_step - self.step, self._steps_in(time)), last_epoch)
            called = True
        return self.step - first

    def _steps_in(self, seconds: float) -> int:
        """Steps that take about as long; one, as long as no step was timed."""
        steps, took = self._timed
        return max(1, int(seconds * steps / took)) if took else 1

    def _call(self, steps: int, last_epoch: int) -> None:
        """One kernel call; what lies back counts less and less in the time a step takes.

        That is time of the processor: after a call the thread may have to wait for its turn.
        """
        begun, worked = perf_counter(), thread_time()
        done = self.network.train(
            self._split("train"), self._split("validation"), steps, last_epoch
        )
        self._seconds += perf_counter() - begun
        before, took = self._timed
        self._timed = 0.5 * before + done, 0.5 * took + thread_time() - worked

    @property
    def step(self) -> int:
        """Updates made so far."""
        return self.network.step

    @property
    def epoch(self) -> int:
        """Passes through the training samples that are complete."""
        return self.network.epoch

    @property
    def steps_per_epoch(self) -> int:
        """Updates in a pass through the training samples, the last batch perhaps a smaller one; 1
        where there are none.
        """
        samples = len(self.prepared.splits["train"])
        return max(-(-samples // self.experiment.batch_size), 1)

    @property
    def status(self) -> str:
        """ "ready", "diverged" or "finished"."""
        return {"": "ready", "divergence": "diverged"}.get(self.stopped_by, "finished")

    @property
    def stopped_by(self) -> str:
        """What has ended training: "divergence", "target loss", "early stopping", "no mistakes" (a
        perceptron's), "no samples" (there is none to train on yet), "epochs", "steps" or "seconds";
        empty while it may go on.
        """
        return ending.reason(self, self._seconds)

    @property
    def message(self) -> Sentence:
        """Why training diverged or is finished, in a sentence; else empty."""
        return ending.sentence(self)

    def measure_steps(self, on: bool) -> None:
        """Begin or end to measure every step, for `statistics`; training is not disturbed.

        One that diverged or is finished stays so: its next step, if there is one, is measured.
        """
        self._measures = on
        self._follow_measures()

    def _follow_measures(self) -> None:
        if self._measures != self._measures_now and self.status == "ready":
            gradients = self.network.g.copy()
            self._configure()
            self.network.evaluate(self._split("train"))  # takes the room that measuring needs
            self.network.g[:] = gradients

    @property
    def statistics(self) -> dict[str, np.ndarray]:
        """What was measured at each step: "step" (steps,), the others (steps, layers) float64.

        Mean and root of the mean square of each layer's weights, gradients, updates and activations
        over the batch, "weight_mean", "weight_rms", "gradient_mean", …; "dead" is the share of
        units to which no sample of the batch gave a gradient (0 but for dense layers). NaN where a
        layer has no weights. The output layer is the last one. Thinned like the history.
        """
        rows = self.network.measured
        layers = rows[:, 1:].reshape(len(rows), len(self.network.program.table), len(MEASURED))
        return {"step": rows[:, 0]} | {name: layers[:, :, k] for k, name in enumerate(MEASURED)}

    # Earlier states

    @property
    def best_epoch(self) -> int:
        """The epoch with the smallest validation loss so far (without one, training loss)."""
        return self.network.best_epoch

    @property
    def best_differs(self) -> bool:
        """Whether `restore_best` would change the weights."""
        return self.network.best_differs

    def restore_best(self) -> None:
        """Take the weights of the best epoch; training goes on from them."""
        self.network.restore_best()

    @property
    def kept_epochs(self) -> np.ndarray:
        """The epochs that `go_to` can go back to, in order; thinned when they are many."""
        return self.network.kept_epochs

    @property
    def newest_epoch(self) -> int:
        """The epoch that `go_to(None)` leads back to: the present one, unless gone back."""
        return self.network.newest_epoch

    def go_to(self, epoch: int | None) -> None:
        """Be as at the end of a kept epoch; with None, as at the newest step again.

        Weights, the optimizer's state and the random state are those of then, so that training on
        gives the same numbers as it did; it forgets the epochs that came later. Raises ValueError
        for an epoch that was not kept.
        """
        self.network.go_to(epoch)

    @property
    def moment(self) -> dict[str, np.ndarray]:
        """All that training goes on from, as of the newest step, and the history: for `resume`."""
        return self.network.moment

    def resume(self, moment: Mapping[str, np.ndarray]) -> None:
        """Go on from the `moment` of a trainer of the same experiment, with the same numbers as it
        would have.

        Raises ValueError for one that does not fit; nothing has changed then.
        """
        self.network.resume(moment)

    # Data

    def data(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """The samples of "train", "validation" or "test" as the network sees them.

        Gives x (n, features), and y: (n,) class indices, or (n, outputs) values for regression.
        """
        _, y = self.prepared.samples(split)
        return self._split(split).x.copy(), y.copy()

    def _split(self, name: str) -> Samples:
        if name not in self._samples:
            self._samples[name] = samples_of(self.experiment, self.prepared, name)
        return self._samples[name]

    # What was learned

    def metrics(self, splits: tuple[str, ...] = SPLITS) -> dict[str, dict[str, float]]:
        """Scores on each split; NaN on an empty one.

        The loss; for classes "accuracy", the share of samples put into their class; for regression
        "mae" and "rmse", the mean absolute error and the root of the mean squared one, and "r2" =
        1 - Σ(ŷ - y)² / Σ(y - ȳ)², NaN where all values are alike.
        """
        return {split: self._scores(split) for split in splits}

    def _scores(self, split: str) -> dict[str, float]:
        samples = self._split(split)
        found = self.network.evaluate(samples)
        if self.prepared.dataset.task != "regression":
            return {"loss": found["loss"], "accuracy": found["accuracy"]}
        y = samples.y.astype(np.float64)
        spread = float(y.var(axis=0).mean()) if len(y) else math.nan
        return {
            "loss": found["loss"],
            "mae": found["mae"],
            "rmse": math.sqrt(found["mse"]),
            "r2": 1 - found["mse"] / spread if spread > 0 else math.nan,
        }

    def confusion(self, split: str) -> np.ndarray:
        """How many samples of each class (rows) are put into each class (columns): int64.

        Raises ValueError for a regression.
        """
        classes = len(self.prepared.dataset.class_names)
        if not classes:
            raise ValueError("a regression has no classes to confuse")
        samples = self._split(split)
        found = np.zeros(len(samples.label), np.int64)
        self.network.evaluate(samples, found)
        counts = np.bincount(samples.label * classes + found, minlength=classes**2)
        return counts.reshape(classes, classes)

    @property
    def history(self) -> dict[str, np.ndarray]:
        """Columns by epoch: "epoch", "train_loss", "train_accuracy", "validation_loss", ….

        A row holds the scores of the weights at the end of that epoch. Past 2,048 rows every second
        one is dropped, and half as many are added from then on; the first and the last stay.
        Accuracies of a regression are NaN.
        """
        rows = self.network.history
        if len(rows) and rows[-1, 0] < self.epoch and self.network.position == 0:
            scores = [self.network.evaluate(self._split(name)) for name in SPLITS[:2]]
            last = [each[name] for each in scores for name in ("loss", "accuracy")]
            rows = np.vstack([rows, [self.epoch, *last]])
        columns = {name: rows[:, k].copy() for k, name in enumerate(COLUMNS)}
        if self.prepared.dataset.task == "regression":
            for name in ("train_accuracy", "validation_accuracy"):
                columns[name][:] = np.nan
        return columns

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The outputs for raw inputs: x (n, inputs) → (n, outputs).

        For two classes the probability of the second (with hinge loss its score, positive for the
        second; with the perceptron's 0 or 1); for more, the probability of each; for regression,
        the values.
        """
        x = np.atleast_2d(np.asarray(x, np.float64))
        return self.outputs(self.prepared.network_inputs(x)).T.copy()

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """As `predict`, for what the first layer is given: (n, features) → (outputs, n)."""
        return self.network.outputs(inputs)

    def activations(self, x: np.ndarray) -> list[np.ndarray]:
        """What every unit gives for raw inputs x (n, inputs): per layer, features first, (units,
        n).
        """
        return self.layer_outputs(self.prepared.network_inputs(x))

    def layer_outputs(self, inputs: np.ndarray) -> list[np.ndarray]:
        """As `activations`, for what the first layer is given: (n, features)."""
        rows = self.network.activations(inputs)
        program = self.network.program
        starts, units = [0, *program.table[:, ROW]], [program.features, *program.units]
        return [rows[start : start + n] for start, n in zip(starts, units, strict=True)]

    @property
    def output_activation(self) -> str:
        """ "sigmoid", "softmax", "linear" or "threshold"."""
        return output_activation(self.experiment.loss, self.experiment.task)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Copies of weights, biases and running statistics, under PyTorch's names.

        Of a dense layer "0.weight" (units, inputs) and "0.bias" (units,); of a norm γ as "weight"
        and β as "bias", of a batch norm "running_mean" and "running_var" too, (units,) each.
        """
        return {name: array.copy() for name, array in self.network.tensors().items()}

    @property
    def stepped(self) -> bool:
        """Whether the newest step led to the parameters: they were not put in, nor are those of
        an earlier or the best epoch.
        """
        early = self.experiment.stop.early_stopping
        best = self.stopped_by == "early stopping" and early is not None and early.restore_best
        return self.network.stepped and not best

    @property
    def gradients(self) -> dict[str, np.ndarray]:
        """The gradients of the newest step with their penalties, named like the parameters."""
        tensors = self.network.program.tensors
        return {tensor.name: tensor.of(self.network.g).copy() for tensor in tensors}

    def load_parameters(self, parameters: Mapping[str, np.ndarray]) -> None:
        """Put in weights, biases and running statistics, all or some; the optimizer begins with an
        empty state.

        Raises ValueError naming the tensor that does not fit; nothing has changed then.
        """
        self.network.load(parameters)

    def set_parameter(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Change one number of `parameters`: set_parameter("0.weight", (2, 0), 0.5).

        The optimizer's state stays. Raises ValueError for a place that is not there and for a
        number that is not finite; nothing has changed then.
        """
        self.network.put(name, index, value)

    def redraw(self, layer: int, seed: int) -> None:
        """Give one layer of the experiment first weights again, drawn from another seed.

        The optimizer begins with an empty state.
        """
        program = self.network.program
        parameters, buffers = program.first_parameters(seed), program.first_buffers()
        first = {tensor.name: tensor.of(parameters) for tensor in program.tensors}
        first |= {tensor.name: tensor.of(buffers) for tensor in program.buffers}
        mine = f"{program.names[layer]}."
        self.load_parameters({name: x for name, x in first.items() if name.startswith(mine)})

    def model(self) -> "Model":
        """The trained network apart from its trainer, as it is now."""
        from playground.export import Model

        return Model.of(self.experiment, self.prepared, self.parameters)

    def save(self, path: str | Path) -> "Saved":
        """Write the trained network; the ending chooses the format. Raises `export.ExportError`."""
        from playground.export import save_model

        return save_model(self.model(), path, self.predict)
