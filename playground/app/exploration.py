"""An exploration of the loss around the weights, in a thread of its own; training goes on."""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from playground.app.messages import Explore
from playground.app.words import tr
from playground.snapshot import Landscape

if TYPE_CHECKING:  # what imports Numba is imported by the thread
    from playground.landscape import Plane
    from playground.trainer import Trainer


class Exploration:
    """Computes a `Landscape` of a copy of the trainer as it was; any thread may look and cancel.

    `progress` goes from 0 to 1. When it is not `busy` any more there is a `landscape`, or an
    `error` that says why not, or neither, when it was cancelled.
    """

    def __init__(self, trainer: "Trainer", wish: Explore) -> None:
        from playground.landscape import still_of

        self.progress = 0.0
        self.landscape: Landscape | None = None
        self.error = ""
        self._wish = wish
        self._cancelled = threading.Event()
        self._still = still_of(trainer)
        self._thread = threading.Thread(target=self._explore, name="landscape", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Let it end soon, without a landscape."""
        self._cancelled.set()

    def wait(self, seconds: float) -> None:
        """Wait for its end, but not longer than that."""
        self._thread.join(seconds)

    def _explore(self) -> None:
        from playground.landscape import survey

        try:
            self.landscape = survey(self._still, self._plane(), self._goes_on)
        except Exception as error:
            self.error = tr(str(error)) or type(error).__name__

    def _goes_on(self, done: float) -> bool:
        self.progress = done
        return not self._cancelled.is_set()

    def _plane(self) -> "Plane":
        from playground.engine.layers import Dense
        from playground.landscape import path_plane, random_plane, weights_plane

        if self._wish.directions == "path":
            return path_plane(self._still.away)
        if self._wish.directions == "random":
            return random_plane(self._still.trainer)
        program = self._still.trainer.network.program
        names = [
            f"{name}.weight"
            for name, layer in zip(program.names, program.layers, strict=True)
            if isinstance(layer, Dense)
        ]
        shapes = {tensor.name: tensor.shape for tensor in program.tensors}
        chosen, words = [], []
        for layer, unit, source in np.reshape(self._wish.weights, (2, 3)).tolist():
            name = names[min(layer, len(names) - 1)]
            units, inputs = shapes[name]
            unit, source = min(unit, units - 1), min(source, inputs - 1)
            chosen.append((name, unit * inputs + source))
            into = tr("Output") if name == names[-1] else tr("Dense {number}", number=layer + 1)
            places = {"layer": into, "source": source + 1, "unit": unit + 1}
            words.append(tr("{layer}, input {source} to neuron {unit}", **places))
        if chosen[0] == chosen[1]:
            raise ValueError(tr("Choose two different weights."))
        plane = weights_plane(self._still.trainer, *chosen)
        return replace(plane, names=(words[0], words[1]))
