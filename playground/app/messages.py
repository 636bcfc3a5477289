"""What the window tells the worker: each is one value, and takes effect in its turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

from playground.experiment import Experiment
from playground.snapshot import Event, Wanted

if TYPE_CHECKING:  # imported by the thread alone, because it loads the kernels
    from playground.export.model import Model


@dataclass(frozen=True)
class Kept:
    """A training for after a crash: its experiment, the `Trainer.moment` it had come to (or
    nothing), and of a `Run` what cannot be computed again.
    """

    experiment: Experiment
    moment: Mapping[str, np.ndarray]
    events: tuple[Event, ...] = ()
    test_revealed: bool = False


@dataclass(frozen=True)
class Apply:
    """Go on with other settings.

    `what` says in a few words which, for the time axis; `more`, that it goes on with the same
    change as the one before.
    """

    experiment: Experiment
    what: str = ""
    more: bool = False


@dataclass(frozen=True)
class Begin:
    """Another experiment from step 0, paused."""

    experiment: Experiment


@dataclass(frozen=True)
class Load:
    """A model's experiment and weights, paused."""

    model: "Model"


@dataclass(frozen=True)
class Recover:
    """Runs that were left, oldest first, and last the training that goes on, paused."""

    trainings: tuple[Kept, ...]


@dataclass(frozen=True)
class Keep:
    """Put what `Recover` needs into a queue."""

    queue: SimpleQueue[tuple[Kept, ...] | None]


@dataclass(frozen=True)
class Train:
    """Train until something else is said."""


@dataclass(frozen=True)
class Pause:
    """Stop training."""


@dataclass(frozen=True)
class Step:
    """Train one step."""


@dataclass(frozen=True)
class Epoch:
    """Train to the end of the epoch."""


@dataclass(frozen=True)
class Pace:
    """Train at most so many epochs a second; as fast as it goes with None."""

    epochs_per_second: float | None


@dataclass(frozen=True)
class Reset:
    """Back to step 0 from the seed, paused."""


@dataclass(frozen=True)
class Put:
    """Change one number of a tensor, such as ("0.weight", (2, 0)), while training goes on."""

    name: str
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Redraw:
    """Draw the first weights of one layer anew, by its index, from another seed."""

    layer: int
    seed: int


@dataclass(frozen=True)
class PutBack:
    """Put back the tensors of a layer, by their names."""

    tensors: dict[str, np.ndarray]


@dataclass(frozen=True)
class GoTo:
    """Be as at the end of a kept epoch, paused; with None, as at the newest step again."""

    epoch: int | None


@dataclass(frozen=True)
class RestoreBest:
    """Take the weights of the best epoch, paused."""


@dataclass(frozen=True)
class Return:
    """Go back to a run that was left, paused, by its number."""

    number: int


@dataclass(frozen=True)
class Forget:
    """Drop a run that was left, by its number."""

    number: int


@dataclass(frozen=True)
class Explore:
    """Compute the loss around the present weights in the background, while training goes on.

    Over "path", "random" or "weights"; the latter are two, each as dense layer, neuron and input.
    """

    directions: str
    weights: tuple[int, ...]


@dataclass(frozen=True)
class Look:
    """Let pictures hold what views want to show from now on."""

    wanted: Wanted


@dataclass(frozen=True)
class RevealTest:
    """Let pictures hold the test score, or not."""

    shown: bool


@dataclass(frozen=True)
class Save:
    """Write the trained model to a file."""

    path: Path


@dataclass(frozen=True)
class Stop:
    """End the thread."""


Message = (
    Apply
    | Begin
    | Load
    | Recover
    | Keep
    | Train
    | Pause
    | Step
    | Epoch
    | Pace
    | Reset
    | Put
    | Redraw
    | PutBack
    | GoTo
    | RestoreBest
    | Return
    | Forget
    | Explore
    | Look
    | RevealTest
    | Save
    | Stop
)
