"""Networks to save: any experiment, with random weights of the size that training gives."""

from collections.abc import Callable

import numpy as np
import pytest

from playground.data.prepare import prepare
from playground.experiment import Experiment
from playground.export import Model
from playground.export.description import Description

MakeModel = Callable[..., Model]


@pytest.fixture(scope="session")
def make_model() -> MakeModel:
    """A function from an experiment (the default one if none is given) to a model of it."""

    def make(experiment: Experiment | None = None, seed: int = 0) -> Model:
        experiment = (experiment or Experiment()).check()
        data = prepare(experiment.data, experiment.seed)
        rng = np.random.default_rng(seed)
        parameters = {
            name: (rng.normal(size=shape) / np.sqrt(shape[-1])).astype(experiment.precision)
            for name, shape in Description.of(experiment, data, "1").shapes().items()
        }
        return Model.of(experiment, data, parameters)

    return make
