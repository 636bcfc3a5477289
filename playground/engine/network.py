"""A compiled network in memory: its numbers, and the calls into the kernels.

`Network` is the seam between Python and the compiled code. It owns every array that the kernels
write; what it is given is checked before, and what it gives is a copy.
"""

import math

import numpy as np

from playground.engine import kernels
from playground.engine.kernels import (
    DIVERGED,
    EPOCH,
    FINITE,
    POSITION,
    RECORDS,
    STEP,
    STRIDE,
    UPDATES,
)
from playground.engine.optimizers import OPTIMIZERS, Optimizer
from playground.engine.passes import (
    BATCH,
    HEAD,
    L1,
    L2,
    LOSS,
    OPTIMIZER,
    SEED,
    TILE,
    Plan,
    Samples,
    State,
    Work,
)
from playground.engine.program import INPUTS, Program, carry_over
from playground.engine.simd import aligned
from playground.fields import type_name

MOST_RECORDS = 2048
_OPTIMIZER_PLACES = {name: place for place, name in enumerate(OPTIMIZERS)}


class Network:
    """The parameters of a program, the optimizer's state, and how far training has come."""

    def __init__(self, program: Program, precision: str, seed: int) -> None:
        self.program = program
        self._kernels = kernels.compiled(precision)
        self.dtype = np.dtype(precision)
        rows, outputs = program.rows, program.outputs
        widest = int(program.table[:, INPUTS].max())
        self._state = State(*(self._room(program.size * k) for k in (1, 1, 1, 1, 3)))
        self._work = Work(
            *(self._room(TILE * n) for n in (rows, rows, rows, outputs, outputs + 3, widest))
        )
        self._plan = Plan(program.table, np.zeros(5, np.int64), np.zeros(7))
        self._state.p[:] = program.first_parameters(seed)
        self._plan.codes[[HEAD, LOSS, SEED]] = program.head, program.loss, seed
        self._progress = np.zeros(7, np.int64)
        self._progress[STRIDE] = 1
        self._history = np.zeros((MOST_RECORDS, len(kernels.COLUMNS)))
        self._order = np.zeros(0, np.int64)
        self._rows = np.zeros(0, np.int64)
        self.last_loss = math.nan

    def _room(self, size: int) -> np.ndarray:
        return aligned(size, self.dtype)

    @property
    def p(self) -> np.ndarray:
        """The parameters, flat: (size,)."""
        return self._state.p

    @property
    def g(self) -> np.ndarray:
        """The gradients of the newest step, flat: (size,)."""
        return self._state.g

    # How far training has come

    @property
    def step(self) -> int:
        """Updates made so far."""
        return int(self._progress[STEP])

    @property
    def epoch(self) -> int:
        """Passes through the training samples that are complete."""
        return int(self._progress[EPOCH])

    @property
    def position(self) -> int:
        """Samples of the current epoch that were used."""
        return int(self._progress[POSITION])

    @property
    def diverged(self) -> int:
        """FINITE, or what was infinite or NaN: BAD_LOSS, or BAD_UPDATE (a weight, a state)."""
        return int(self._progress[DIVERGED])

    @property
    def history(self) -> dict[str, np.ndarray]:
        """Loss and accuracy by epoch, thinned when it grows long; columns of equal length."""
        rows = self._history[: self._progress[RECORDS]]
        return {name: rows[:, k].copy() for k, name in enumerate(kernels.COLUMNS)}

    # Settings that may change at any time

    def configure(self, optimizer: Optimizer, batch_size: int, l1: float, l2: float) -> None:
        """Take the settings of training; another kind of optimizer begins with an empty state."""
        place = _OPTIMIZER_PLACES[type_name(optimizer, OPTIMIZERS)]
        if place != self._plan.codes[OPTIMIZER]:
            self._state.m[:] = self._state.v[:] = 0
            self._progress[UPDATES] = 0
        self._plan.codes[[OPTIMIZER, BATCH]] = place, batch_size
        self._plan.rates[:5] = optimizer.parameters()
        self._plan.rates[[L1, L2]] = l1, l2
        self._progress[DIVERGED] = FINITE

    def begin_epoch_again(self) -> None:
        """Forget the position in the epoch: the training samples are others."""
        self._progress[POSITION] = 0

    def take_over(self, old: "Network", kept: list[int]) -> None:
        """Continue the training of `old` on this program; see `carry_over` for what stays."""
        for before, now in zip(old._state[:4], self._state[:4], strict=True):
            carry_over(old.program, before, self.program, now, kept)
        self._progress[:] = old._progress
        self._order = old._order
        self._history[:] = old._history
        self._plan.codes[OPTIMIZER] = old._plan.codes[OPTIMIZER]

    def begin_history_again(self) -> None:
        """Forget the recorded losses: what follows is another loss."""
        self._progress[RECORDS] = 0
        self._progress[STRIDE] = 1

    def load(self, flat: np.ndarray) -> None:
        """Take other parameters; the optimizer begins with an empty state."""
        self._state.p[:] = flat
        self._state.m[:] = self._state.v[:] = 0
        self._progress[[UPDATES, DIVERGED]] = 0, FINITE

    # Calls into the kernels

    def train(self, train: Samples, validation: Samples, steps: int, last_epoch: int) -> int:
        """Train for at most `steps` steps, and not past `last_epoch`; returns the steps done."""
        self._check(train.x, train.y)
        self._check(validation.x, validation.y)
        if len(self._order) != len(train.x):
            self._order = np.arange(len(train.x))
            self._progress[POSITION] = 0
        before = self.step
        loss = self._kernels.train(
            self._plan,
            self._state,
            self._work,
            train,
            validation,
            self._order,
            self._counting(len(train.x), len(validation.x)),
            self._progress,
            self._history,
            steps,
            last_epoch,
        )
        if self.step > before or self.diverged:
            self.last_loss = loss
        return self.step - before

    def evaluate(self, samples: Samples) -> tuple[float, float]:
        """Mean loss and accuracy on a split; NaN where it is empty."""
        self._check(samples.x, samples.y)
        rows = self._counting(len(samples.x))
        return self._kernels.evaluate(self._plan, self._state.p, self._work, samples, rows)

    def activations(self, x: np.ndarray, first_row: int = 0) -> np.ndarray:
        """x: (n, features) → (rows, n): features, then every unit's output, from `first_row` on."""
        out = np.zeros((self.program.rows - first_row, len(x)), self.dtype)
        x = np.ascontiguousarray(x, self.dtype).view()
        x.setflags(write=False)
        self._check(x)
        rows = self._counting(len(x))
        self._kernels.activations(
            self.program.table, self._state.p, self._work, x, rows, first_row, out
        )
        return out

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """x: (n, features) → (outputs, n)."""
        return self.activations(x, self.program.rows - self.program.outputs)

    def _check(self, x: np.ndarray, y: np.ndarray | None = None) -> None:
        """Kernels do not look whether an array ends; so it is looked at here."""
        features, outputs = self.program.features, self.program.outputs
        if x.ndim != 2 or x.shape[1] != features:
            raise ValueError(f"inputs have shape {x.shape}; (samples, {features}) is needed")
        if y is not None and y.shape != (len(x), outputs):
            raise ValueError(f"targets have shape {y.shape}; ({len(x)}, {outputs}) is needed")

    def _counting(self, *lengths: int) -> np.ndarray:
        """0, 1, 2, … for at least as many samples."""
        if len(self._rows) < max(lengths):
            self._rows = np.arange(max(lengths))
        return self._rows
