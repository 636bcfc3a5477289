"""What of training may change at any time, and how the kernels know it."""

from dataclasses import dataclass

from playground.engine import plan
from playground.engine.optimizers import OPTIMIZERS, SGD, Optimizer
from playground.engine.schedules import SCHEDULES, Constant, Schedule
from playground.fields import type_name

MOST_THREADS = 64  # that share the work of a training
_OPTIMIZER_PLACES = {name: place for place, name in enumerate(OPTIMIZERS)}
_SCHEDULE_PLACES = {name: place for place, name in enumerate(SCHEDULES)}


@dataclass(frozen=True)
class Settings:
    """What of training may change at any time; of limits, None or 0 is none."""

    optimizer: Optimizer = SGD()  # noqa: RUF009  (it is frozen)
    schedule: Schedule = Constant()  # noqa: RUF009
    batch_size: int = 10
    l1: float = 0.0
    l2: float = 0.0
    weight_decay: float = 0.0
    clip_value: float | None = None
    clip_norm: float | None = None
    max_norm: float | None = None
    weighted: bool = False  # whether the samples' weights are not all 1
    target_loss: float | None = None
    patience: int | None = None
    min_delta: float = 0.0
    restore_best: bool = False
    measure_steps: bool = False

    def codes(self) -> dict[int, int]:
        """The whole numbers that kernels know them by, at their places."""
        rules = (
            plan.WATCHES_LOSS * (self.target_loss is not None)
            + plan.STOPS_EARLY * (self.patience is not None)
            + plan.RESTORES_BEST * self.restore_best
            + plan.MEASURES_STEPS * self.measure_steps
        )
        return {
            plan.OPTIMIZER: _OPTIMIZER_PLACES[type_name(self.optimizer, OPTIMIZERS)],
            plan.SCHEDULE: _SCHEDULE_PLACES[type_name(self.schedule, SCHEDULES)],
            plan.WARMUP: self.schedule.warmup,
            plan.BATCH: self.batch_size,
            plan.WEIGHTED: self.weighted,
            plan.RULES: rules,
        }

    def rates(self) -> list[float]:
        """The other numbers, in the order of their places."""
        limits = (self.clip_value, self.clip_norm, self.max_norm)
        return [
            *self.optimizer.parameters(),
            *(self.l1, self.l2, self.weight_decay),
            *(limit or 0.0 for limit in limits),
            *self.schedule.parameters(),
            *(self.target_loss or 0.0, float(self.patience or 0), self.min_delta),
        ]
