"""A compiled network in memory, and the calls into the kernels.

`Network` is the seam between Python and the compiled code. It owns every array that the kernels
write; what it is given is checked before, and what it gives is a copy.
"""

import math
from time import perf_counter

import numpy as np

from playground.engine import plan
from playground.engine.arrays import new_work, slots_for
from playground.engine.machine_code import addresses, library
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.plan import Plan, Records, Samples, Work
from playground.engine.program import TRAINED, Program, carry_buffers, carry_over
from playground.engine.settings import Settings
from playground.engine.team import Team
from playground.engine.training_state import TrainingState
from playground.engine.vectors import lanes

MEETINGS = 5  # of a team for a step
WORTH = 3  # a step is shared out when that saves so many times what it costs
KEPT_SECONDS = 0.1  # the age of the state to which a bad update is taken back, at most about
MULTIPLY_SECONDS = 1e-10  # for a parameter and a sample, about
PERCEPTRON = list(OPTIMIZERS).index("perceptron")


class Network(TrainingState):
    """A program with its training state, and the kernels that run it.

    With a `team` of several threads, calls that are worth it are shared out among them; the numbers
    are the same.
    """

    def __init__(
        self, program: Program, precision: str, seed: int, team: Team | None = None
    ) -> None:
        super().__init__(program, np.dtype(precision), seed)
        self.last_loss = math.nan
        self._kernels = library(f"training-{precision}")
        self._team = team or Team(1)
        codes = np.zeros(plan.CODES, np.int64)
        self._plan = Plan(
            program.table.ravel(),
            program.numbers.ravel(),
            program.spans.ravel(),
            codes,
            np.zeros(plan.RATES),
            addresses(each.address for each in library(f"loops-{precision}").values()),
        )
        trained = np.flatnonzero(program.table[:, TRAINED])
        for place, code in (
            (plan.HEAD, program.head),
            (plan.LOSS, program.loss),
            (plan.SEED, seed),
            (plan.LAYERS, len(program.table)),
            (plan.COUPLED, program.couples_samples),
            (plan.SPANS, len(program.spans)),
            (plan.LANES, lanes(self.dtype)),
            (plan.SIZE, program.size),
            (plan.BUFFERS, program.buffer_size),
            (plan.ALL, len(self._state.all)),
            (plan.FIRST, trained[0] if len(trained) else len(program.table)),
            (plan.TILE, program.tile),
            (plan.ROWS, program.rows),
        ):
            codes[place] = code
        slots = self._team.threads  # each rank needs a tile at least
        self._use(self._new_work(slots, 1), slots)
        self._no_classes = np.zeros(0, np.int64)
        self._forget_timing()
        self.configure(Settings())

    # Arrays

    def _new_work(self, slots: int, tiles: int) -> Work:
        threads = self._team.threads
        return new_work(self.program, self.dtype, slots, tiles, threads, self._measures)

    def _use(self, work: Work, slots: int) -> None:
        """Have this room, for so many tiles, from now on."""
        self._work, self._plan.codes[plan.SLOTS] = work, slots
        # What kernels run a network with, as addresses: to find one takes a microsecond.
        self._tables = addresses(self._plan), addresses(work)
        plan_at, work_at = addresses(self._tables).tolist()
        self._running = (plan_at, *addresses(self._state[0:4:3]).tolist(), work_at)

    @property
    def _measures(self) -> bool:
        return bool(self._plan.codes[plan.RULES] & plan.MEASURES_STEPS)

    def _make_room(self, batch: int, samples: int) -> None:
        """Have room for a batch of so many samples, and to score a split of so many."""
        tile = self.program.tile
        slots = slots_for(self.program, batch, self._team.threads)
        if self._measures:
            slots = max(slots, -(-batch // tile))
        tiles = max(-(-samples // tile), slots, -(-batch // tile))
        without = self._measures and not len(self._work.before)
        if slots > self._plan.codes[plan.SLOTS] or without:
            slots = max(slots, int(self._plan.codes[plan.SLOTS]))
            self._use(self._new_work(slots, tiles), slots)
        elif tiles * plan.SCORES > len(self._work.sums):
            sums = np.zeros(tiles * plan.SCORES)
            self._use(self._work._replace(sums=sums), int(self._plan.codes[plan.SLOTS]))

    @property
    def g(self) -> np.ndarray:
        """The gradients of the newest step, flat: (size,)."""
        return self._work.g

    # Settings that may change at any time

    def configure(self, settings: Settings) -> None:
        """Take the settings of training; another kind of optimizer begins with an empty state."""
        codes = settings.codes()
        if codes[plan.OPTIMIZER] != self._plan.codes[plan.OPTIMIZER]:
            self._state.m[:] = self._state.v[:] = 0
            self._progress[plan.UPDATES] = 0
        if codes[plan.SCHEDULE] != self._plan.codes[plan.SCHEDULE]:
            self._marks[[plan.PLATEAU_BEST, plan.PLATEAU_WAITED]] = math.inf, 0
            self._marks[plan.PLATEAU_FACTOR] = 1
        for place, code in codes.items():
            self._plan.codes[place] = code
        self._plan.rates[:] = settings.rates()
        self._progress[plan.DIVERGED] = plan.FINITE
        self._go_on()
        self._forget_timing()

    def _forget_timing(self) -> None:
        self._kept_age = 0.0
        self._step_seconds = 0.0  # of one rank

    def take_over(self, old: "Network", kept: list[int]) -> None:
        """Continue the training of `old` on this program; see `carry_over` for what stays.

        Its history stays, and its earlier states where they still fit.
        """
        old.go_to(None)
        for before, now in zip((*old._state[:3], old.g), (*self._state[:3], self.g), strict=True):
            carry_over(old.program, before, self.program, now, kept)
        carry_buffers(old.program, old.buffers, self.program, self.buffers)
        self._progress[:] = old._progress
        self._marks[:] = old._marks
        self._order = old._order
        if (old.program.tensors, old.program.buffers) == (
            self.program.tensors,
            self.program.buffers,
        ):
            self._records = old._records
        else:
            self._records.rows[:] = old._records.rows
            for place in (plan.KEPT_ROWS, plan.ROW_STRIDE):
                self._records.kept[place] = old._records.kept[place]
        for place in (plan.OPTIMIZER, plan.SCHEDULE):  # so that their state is not another's
            self._plan.codes[place] = old._plan.codes[place]
        self._forget_losses()

    # Calls into the kernels

    def train(self, train: Samples, validation: Samples, steps: int, last_epoch: int) -> int:
        """Train for at most `steps` steps, and not past `last_epoch`; returns the steps done."""
        if self._newest is not None:
            self._forget_later()
        if len(self._order) != len(train.x):
            self._order = np.arange(len(train.x))
            self._progress[plan.POSITION] = 0
        batch = min(int(self._plan.codes[plan.BATCH]), len(train.x))
        self._make_room(batch, max(len(train.x), len(validation.x)))
        if self._kept is None or self._kept_age > KEPT_SECONDS:
            self._kept, self._kept_age = self._moment(), 0.0
        before, ranks, begun = self.step, self._ranks(), perf_counter()
        loss = self._train(train, validation, self._records, steps, last_epoch, ranks)
        seconds, done = perf_counter() - begun, self.step - before
        self._kept_age += seconds
        if done and ranks == 1:
            self._step_seconds = seconds / done
        if self.diverged and (self.diverged == plan.BAD_UPDATE or self.program.buffer_size):
            self._take_back(train, validation)
        if done or self.diverged:
            self.last_loss = loss
            self.stepped = True
        return done

    def _train(
        self,
        train: Samples,
        validation: Samples,
        records: Records,
        steps: int,
        last_epoch: int,
        ranks: int,
    ) -> float:
        plan_at, _, _, work_at = self._running
        splits = (self._given(train), self._given(validation))
        given = (plan_at, addresses(self._state), work_at, *splits, self._order)
        given = (*given, self._progress, self._marks, addresses(records), steps, last_epoch)
        loss = np.zeros(1)
        self._team.run(self._kernels["train"].given(*given, loss), ranks)
        return float(loss[0])

    def _given(self, samples: Samples) -> np.ndarray:
        """A split as kernels are given it, after a look at what they do not look at."""
        self._check(samples.x, samples.y)
        for array in samples:
            kind = np.int64 if array is samples.label else self.dtype
            if len(array) != len(samples.x) or array.dtype != kind or not array.flags.c_contiguous:
                raise ValueError("a split's arrays do not fit together")
        return addresses((*samples, len(samples.x)))

    def _ranks(self) -> int:
        """How many threads the next steps are worth: a measured step against measured meetings."""
        threads = self._team.threads
        saved = self._step_seconds * (1 - 1 / threads)
        alone = self._plan.codes[plan.OPTIMIZER] == PERCEPTRON
        if alone or saved <= WORTH * MEETINGS * self._team.meeting_seconds:
            return 1
        return threads

    def _take_back(self, train: Samples, validation: Samples) -> None:
        """Undo the update that went wrong: train again from the kept state to the step before it.

        The same numbers follow, so nothing needs to be kept at every step.
        """
        assert self._kept is not None
        end, best = self._moment(), [each.copy() for each in self._state[4:6]]
        self._take(self._kept)
        # Nothing is recorded again, and no rule may end it: the strides are never met.
        kept = self._records.kept.copy()
        kept[[plan.KEPT_ROWS, plan.KEPT_STATES]] = 1
        kept[[plan.ROW_STRIDE, plan.STATE_STRIDE]] = 2**62
        quiet = self._records._replace(kept=kept)
        rules, self._plan.codes[plan.RULES] = self._plan.codes[plan.RULES], 0
        steps = int(end.progress[plan.STEP]) - self.step
        self._train(train, validation, quiet, steps, 2**62, 1)
        self._plan.codes[plan.RULES] = rules
        for now, then in zip((*self._state[4:6], *self._now()[1:]), (*best, *end[1:]), strict=True):
            now[:] = then

    def evaluate(self, samples: Samples, classes: np.ndarray | None = None) -> dict[str, float]:
        """Mean loss, accuracy, mean absolute and mean squared error on a split; NaN where empty.

        classes: (samples,) int64, gets the class that each sample is put into.
        """
        given = self._given(samples)
        size, outputs = samples.y.shape
        if size == 0:
            return dict.fromkeys(("loss", "accuracy", "mae", "mse"), math.nan)
        self._make_room(1, size)
        if classes is not None and len(classes) != size:
            raise ValueError(f"there are {size} samples, and room for {len(classes)} classes")
        found = self._no_classes if classes is None else classes
        score = self._kernels["score"].given(*self._running, given, found, classes is not None)
        self._team.run(lambda meeting, *team: score(*team), self._ranks_for(size))
        tiles = -(-size // self.program.tile)
        sums = self._work.sums[: tiles * plan.SCORES].reshape(tiles, -1).sum(axis=0)
        per_sample = 1 if self.program.one_loss_per_sample else outputs
        return {
            "loss": float(sums[plan.LOSS_SUM] / (sums[plan.WEIGHT_SUM] * per_sample)),
            "accuracy": float(sums[plan.CORRECT] / size),
            "mae": float(sums[plan.ABSOLUTE] / (size * outputs)),
            "mse": float(sums[plan.SQUARED] / (size * outputs)),
        }

    def _ranks_for(self, samples: int) -> int:
        """How many threads a forward pass of so many samples is worth."""
        per_sample = 2 * MULTIPLY_SECONDS * self.program.size
        cost = self._team.call_seconds * WORTH
        return self._team.threads if per_sample * samples > cost else 1

    def activations(self, x: np.ndarray, first_row: int = 0) -> np.ndarray:
        """x: (n, features) → (rows, n): features, then every unit's output, from `first_row` on."""
        out = np.empty((self.program.rows - first_row, len(x)), self.dtype)
        x = np.ascontiguousarray(x, self.dtype)
        self._check(x)
        given = (*self._running, x, len(x), first_row, out, len(out))
        run = self._kernels["activations"].given(*given)
        # A thread that comes late finds these where they are, whatever has become of the network.
        tables = self._plan, self._work, self._tables, self._state

        def part(meeting: np.ndarray, rank: int) -> None:
            assert tables is not None
            run(meeting, rank)

        self._team.share(part, self._ranks_for(len(x)))
        return out

    def first_sample(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """z, a and dL/dz of every row, (rows,) each, of a step that was made on one sample."""
        width = self._plan.codes[plan.LANES]
        rows = (each.reshape(-1, width)[: self.program.rows, 0] for each in self._work[:3])
        z, a, d = (each.copy() for each in rows)
        return z, a, d

    def losses_at(
        self, one: np.ndarray, two: np.ndarray, places: np.ndarray, samples: Samples
    ) -> np.ndarray:
        """The mean loss on a split at p + u · one + v · two, for each (u, v) of the places.

        one, two: (size,), places: (n, 2) → (n,) float64. Nothing of the network changes.
        """
        split = self._given(samples)
        one, two = (np.ascontiguousarray(each, self.dtype) for each in (one, two))
        losses, tiles = np.zeros(len(places)), -(-len(samples.x) // self.program.tile)

        def part(_: np.ndarray, rank: int, ranks: int) -> None:
            mine = slice(len(places) * rank // ranks, len(places) * (rank + 1) // ranks)
            chosen = np.ascontiguousarray(places[mine], np.float64).ravel()
            found = np.zeros(len(chosen) // 2)
            work, moved = self._new_work(1, tiles), np.empty_like(self._state.p)
            given = (*self._running[:3], addresses(work), split, one, two, chosen, len(found))
            self._kernels["landscape"](*given, moved, found)
            losses[mine] = found

        self._team.run(part, self._team.threads)
        return losses

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
