"""The numbers that training changes, how far it has come, and the way back to earlier ones."""

import math
from collections.abc import Mapping

import numpy as np

from playground.engine import plan
from playground.engine.arrays import MOST_ROWS, MOST_STEPS, Moment, new_records, new_state
from playground.engine.program import Program
from playground.sentence import SentenceError


class TrainingState:
    """The parameters of a program, the optimizer's state, and how far training has come.

    Kernels write into its arrays; what is given out is a copy, but where it says otherwise.
    """

    def __init__(self, program: Program, dtype: np.dtype, seed: int) -> None:
        self.program = program
        self.dtype = dtype
        self._state = new_state(program, dtype)
        self._state.p[:] = program.first_parameters(seed)
        self._state.buffers[:] = program.first_buffers()
        self._progress = np.zeros(plan.PROGRESS, np.int64)
        self._marks = np.zeros(plan.MARKS)
        self._marks[plan.PLATEAU_FACTOR] = 1
        self._records = new_records(program, self._state)
        self._order = np.zeros(0, np.int64)
        self._newest: Moment | None = None  # while an earlier state is looked at
        self._kept: Moment | None = None  # to which a bad update is taken back
        self.stepped = False  # whether the parameters are those after a step
        self._forget_losses()

    # What was learned

    @property
    def p(self) -> np.ndarray:
        """The parameters, flat: (size,)."""
        return self._state.p

    @property
    def buffers(self) -> np.ndarray:
        """The running means and variances of batch norms, flat: (buffer_size,)."""
        return self._state.buffers

    @property
    def states(self) -> np.ndarray:
        """The parameters of the kept states, in their order: (states, size)."""
        rows = self._records.states.reshape(self._records.kept[plan.MOST_STATES], -1)
        return rows[: self._records.kept[plan.KEPT_STATES], : self.program.size].copy()

    def tensors(self) -> dict[str, np.ndarray]:
        """Every parameter and running statistic by name, as views, layer by layer."""
        parts = _views(self.program, self._state.p, self._state.buffers)
        return {name: parts[name] for name in self.program.tensor_names}

    def load(self, tensors: Mapping[str, np.ndarray]) -> None:
        """Take other numbers for some or all tensors; the optimizer begins with an empty state.

        Raises ValueError naming the tensor that does not fit; nothing has changed then.
        """
        parameters, buffers = self._state.p.copy(), self._state.buffers.copy()
        places = _views(self.program, parameters, buffers)
        for name, array in tensors.items():
            if name not in places:
                message = 'there is no "{name}" here; there are {names}'
                raise SentenceError(message, name=name, names=", ".join(places))
            here = places[name]
            if np.shape(array) != here.shape:
                message = '"{name}" has shape {shape}; {needed} is needed'
                shape = np.shape(array)
                raise SentenceError(message, name=name, shape=shape, needed=here.shape)
            with np.errstate(over="ignore"):
                here[:] = array
            if not np.isfinite(here).all():
                message = '"{name}" has a number that is not finite in {dtype}'
                raise SentenceError(message, name=name, dtype=self.dtype)
        for tensor in self.program.buffers[1::2]:
            if (tensor.of(buffers) < 0).any():
                message = '"{name}" holds numbers below 0, which no variance is'
                raise SentenceError(message, name=tensor.name)
        self._state.p[:], self._state.buffers[:] = parameters, buffers
        self._state.m[:] = self._state.v[:] = 0
        self._progress[[plan.UPDATES, plan.DIVERGED]] = 0, plan.FINITE
        self.stepped = False
        self._go_on()

    def put(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Change one number of a tensor; the optimizer's state stays as it is.

        Raises ValueError for a place that is not there and a number that cannot stand in it.
        """
        here = self.tensors().get(name)
        if here is None or len(index) != here.ndim or not _within(index, here.shape):
            raise SentenceError("there is no {place} here", place=f"{name}{list(index)}")
        with np.errstate(over="ignore"):
            kept = self.dtype.type(value)
        if not np.isfinite(kept) or (name.endswith(".running_var") and kept < 0):
            message = "{value:g} cannot stand in {name} in {dtype}"
            raise SentenceError(message, value=value, name=name, dtype=self.dtype)
        here[index] = kept
        self.stepped = False
        self._progress[plan.DIVERGED] = plan.FINITE
        self._go_on()

    # How far training has come

    @property
    def step(self) -> int:
        """Updates made so far."""
        return int(self._progress[plan.STEP])

    @property
    def epoch(self) -> int:
        """Passes through the training samples that are complete."""
        return int(self._progress[plan.EPOCH])

    @property
    def position(self) -> int:
        """Samples of the current epoch that were used."""
        return int(self._progress[plan.POSITION])

    @property
    def diverged(self) -> int:
        """FINITE, or what was infinite or NaN: BAD_LOSS, or BAD_UPDATE (a weight, a state)."""
        return int(self._progress[plan.DIVERGED])

    @property
    def stopped(self) -> int:
        """GOES_ON, or which rule has ended training."""
        return int(self._progress[plan.STOPPED])

    @property
    def best_epoch(self) -> int:
        """The epoch with the smallest loss so far, of those that were looked at."""
        return int(self._progress[plan.BEST_EPOCH])

    @property
    def best_differs(self) -> bool:
        """Whether the parameters of the best epoch are known, and others than the present ones."""
        state = self._state
        present = (state.p, state.best_p), (state.buffers, state.best_buffers)
        known = math.isfinite(self._marks[plan.BEST_LOSS])
        return known and not all(np.array_equal(now, best) for now, best in present)

    def restore_best(self) -> None:
        """Take the parameters of the best epoch; the optimizer's state stays."""
        if math.isfinite(self._marks[plan.BEST_LOSS]):
            self._state.p[:] = self._state.best_p
            self._state.buffers[:] = self._state.best_buffers
            self._kept = None
            self.stepped = False

    @property
    def history(self) -> np.ndarray:
        """Loss and accuracy by epoch, thinned when it grows long: (rows, columns)."""
        rows = self._records.rows.reshape(-1, len(plan.COLUMNS))
        return rows[: self._records.kept[plan.KEPT_ROWS]].copy()

    @property
    def measured(self) -> np.ndarray:
        """Steps and what was measured at them: (steps, 1 + layers · MEASURES)."""
        rows = self._records.steps.reshape(MOST_STEPS, -1)
        return rows[: self._records.kept[plan.KEPT_STEPS]].copy()

    # Earlier states

    @property
    def kept_epochs(self) -> np.ndarray:
        """The epochs at whose ends the state of training was kept."""
        progress = self._records.progress.reshape(-1, plan.PROGRESS)
        return progress[: self._records.kept[plan.KEPT_STATES], plan.EPOCH].copy()

    @property
    def newest_epoch(self) -> int:
        """The epoch of the newest step, also while an earlier state is shown."""
        now = self._progress if self._newest is None else self._newest.progress
        return int(now[plan.EPOCH])

    def go_to(self, epoch: int | None) -> None:
        """Be as at the end of a kept epoch, or with None as at the newest step again.

        Training from there on forgets what came later. Raises ValueError for another epoch.
        """
        if epoch is None:
            if self._newest is not None:
                self._take(self._newest)
                self._newest = None
            return
        found = np.flatnonzero(self.kept_epochs == epoch)
        if not len(found):
            raise SentenceError("epoch {epoch} was not kept", epoch=epoch)
        if self._newest is None:
            self._newest = self._moment()
        kept = self._records[1:4]
        states = (each.reshape(self._records.kept[plan.MOST_STATES], -1) for each in kept)
        self._take(Moment._make((*(each[found[0]] for each in states), self._order)))

    @property
    def moment(self) -> dict[str, np.ndarray]:
        """All that training goes on from, as of the newest step, and the losses: copies by name."""
        now = self._newest or self._now()
        rows = {"history": self.history, "stride": self._records.kept[[plan.ROW_STRIDE]]}
        return {name: each.copy() for name, each in (now._asdict() | rows).items()}

    def resume(self, moment: Mapping[str, np.ndarray]) -> None:
        """Go on from the `moment` of a network of the same program and precision.

        Raises ValueError for one that does not fit; nothing has changed then.
        """
        if not self._fits(moment):
            raise ValueError("what was kept does not fit this network")
        self._newest = None
        self._take(Moment._make(moment[name] for name in Moment._fields))
        self._forget_records()
        history, kept = moment["history"], self._records.kept
        self._records.rows[: history.size] = history.ravel()
        kept[[plan.KEPT_ROWS, plan.ROW_STRIDE]] = len(history), moment["stride"][0]

    def _fits(self, moment: Mapping[str, np.ndarray]) -> bool:
        """Whether kernels, which do not look where an array ends, may be given a moment."""

        def kind(name: str, array: np.ndarray) -> tuple[object, ...]:
            lengths = array.shape[1:] if name in ("order", "history") else array.shape
            return array.dtype, array.ndim, lengths

        mine = self.moment
        if {name: kind(name, each) for name, each in moment.items()} != {
            name: kind(name, each) for name, each in mine.items()
        }:
            return False
        order, progress = moment["order"], moment["progress"]
        return bool(
            np.array_equal(np.sort(order), np.arange(len(order)))
            and progress.min() >= 0
            and progress[plan.POSITION] <= len(order)
            and len(moment["history"]) < MOST_ROWS
            and moment["stride"][0] >= 1
        )

    def _moment(self) -> Moment:
        return Moment._make(each.copy() for each in self._now())

    def _now(self) -> Moment:
        return Moment(self._state.all, self._progress, self._marks, self._order)

    def _take(self, moment: Moment) -> None:
        if len(self._order) != len(moment.order):
            self._order = moment.order.copy()
        for now, then in zip(self._now(), moment, strict=True):
            now[:] = then
        self._kept = None
        self.stepped = False

    def _forget_later(self) -> None:
        """The future of an earlier state is another one."""
        self._newest = None
        kept = self._records.kept
        kept[plan.KEPT_ROWS] = np.searchsorted(self.history[:, 0], self.epoch, "right")
        kept[plan.KEPT_STATES] = np.searchsorted(self.kept_epochs, self.epoch, "right")
        kept[plan.KEPT_STEPS] = np.searchsorted(self.measured[:, 0], self.step, "right")

    # What no longer holds

    def _go_on(self) -> None:
        if self._progress[plan.STOPPED]:
            self._progress[[plan.STOPPED, plan.WAITED]] = plan.GOES_ON, 0
        self._kept = None

    def begin_epoch_again(self) -> None:
        """Forget the position in the epoch: the training samples are others."""
        self._progress[plan.POSITION] = 0
        self._forget_losses()

    def begin_history_again(self) -> None:
        """Forget the recorded losses: what follows is another loss."""
        self._forget_records()
        self._forget_losses()

    def _forget_records(self) -> None:
        self._records.kept[[plan.KEPT_ROWS, plan.KEPT_STATES, plan.KEPT_STEPS]] = 0
        self._records.kept[[plan.ROW_STRIDE, plan.STATE_STRIDE, plan.STEP_STRIDE]] = 1

    def record_nothing(self) -> None:
        """Keep no history and no earlier states; what is timed is then training alone."""
        self._records.kept[[plan.KEPT_ROWS, plan.KEPT_STATES]] = 1
        self._records.kept[[plan.ROW_STRIDE, plan.STATE_STRIDE]] = 2**62

    def _forget_losses(self) -> None:
        """The losses so far are no measure for those to come."""
        self._marks[[plan.BEST_LOSS, plan.PLATEAU_BEST]] = math.inf
        self._marks[plan.PLATEAU_WAITED] = 0
        self._progress[[plan.BEST_EPOCH, plan.WAITED]] = self.epoch, 0
        self._kept = None


def _views(program: Program, parameters: np.ndarray, buffers: np.ndarray) -> dict[str, np.ndarray]:
    views = {tensor.name: tensor.of(parameters) for tensor in program.tensors}
    return views | {tensor.name: tensor.of(buffers) for tensor in program.buffers}


def _within(index: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return all(0 <= place < size for place, size in zip(index, shape, strict=True))
