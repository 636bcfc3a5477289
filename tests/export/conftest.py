"""Networks to save: any experiment, with random numbers of the size that training gives."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import settings

from playground.data.prepare import prepare
from playground.experiment import Experiment
from playground.export import Model
from playground.export.description import Description

MakeModel = Callable[..., Model]

settings.register_profile("same", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("same")


def random_tensor(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Numbers for a tensor, around what its kind begins with."""
    if name.endswith(".running_var"):
        return np.exp(rng.normal(size=shape))
    around = 1.0 if name.endswith(".weight") and len(shape) == 1 else 0.0  # γ
    return around + rng.normal(size=shape) / np.sqrt(shape[-1])


@pytest.fixture(scope="session")
def make_model() -> MakeModel:
    """A function from an experiment (the default one if none is given) to a model of it."""

    def make(experiment: Experiment | None = None, seed: int = 0) -> Model:
        experiment = (experiment or Experiment()).check()
        data = prepare(experiment.data, experiment.seed)
        rng = np.random.default_rng(seed)
        parameters = {
            name: random_tensor(name, shape, rng).astype(experiment.precision)
            for name, shape in Description.of(experiment, data, "1").shapes().items()
        }
        return Model.of(experiment, data, parameters)

    return make
