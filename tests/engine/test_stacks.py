"""Stacks of random shape: loss and gradients of a step against the oracle's finite differences."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import Trainer
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm
from playground.engine.program import module_names
from tests.engine.mixed import FITTING, experiment_with
from tests.engine.oracle import Layers, Mask, Running, dropout_mask, gradient, mean_loss, outputs

# A threshold has no slope, and the other losses and activations a kink that differences may meet
SMOOTH = [row.name for row in ACTIVATIONS.values() if row.kink is None]
SMOOTH_LOSSES = [each for each in FITTING if each[1] not in ("mae", "hinge", "perceptron")]
NOTHING = np.zeros(0)

DENSE = st.builds(
    Dense,
    units=st.integers(1, 7),
    activation=st.sampled_from(SMOOTH),
    frozen=st.sampled_from([False, False, True]),
)
# An ε that is not small keeps norms of samples that are nearly alike from being very steep.
EPS = st.sampled_from([1e-2, 1.0])
LAYER = st.one_of(
    DENSE,
    st.builds(Dropout, rate=st.sampled_from([0.0, 0.3, 0.8])),
    st.builds(BatchNorm, momentum=st.just(0.3), eps=EPS, frozen=st.booleans()),
    st.builds(LayerNorm, eps=EPS, frozen=st.booleans()),
)


def oracle_of(trainer: Trainer, training: bool) -> Layers:
    """The trainer's network as the oracle has it, before its first step or after training."""
    parts = {name: each.astype(np.float64) for name, each in trainer.parameters.items()}
    samples = len(trainer.data("train")[0])
    experiment, units = trainer.experiment, trainer.network.program.units
    found: Layers = []
    names = module_names(trainer.network.program.layers)
    for place, (layer, name) in enumerate(zip((*experiment.layers, None), names, strict=True)):
        weight = parts.get(f"{name}.weight", NOTHING)
        bias = parts.get(f"{name}.bias", NOTHING)
        match layer:
            case None:
                found.append((weight, bias, trainer.output_activation))
            case Dense():
                found.append((weight, bias, layer.activation))
            case LayerNorm():
                found.append((weight, bias, layer))
            case BatchNorm() if training and not layer.frozen:
                found.append((weight, bias, layer))
            case BatchNorm():
                mean, variance = (parts[f"{name}.running_{each}"] for each in ("mean", "var"))
                found.append((weight, bias, Running(mean, variance, layer.eps)))
            case Dropout() if training:
                mask = dropout_mask(experiment.seed, 0, place, units[place], samples, layer.rate)
                order = trainer.network._order  # the mask is by place in the batch
                found.append((weight, bias, Mask(mask[np.argsort(order)])))
    return found


def shifted(trainer: Trainer, seed: int) -> None:
    """Give the parameters numbers of their own: γ, β and running statistics too."""
    rng = np.random.default_rng(seed)
    trainer.load_parameters(
        {
            name: rng.uniform(0.5, 1.5, each.shape)
            if name.endswith("running_var")
            else each + rng.normal(0, 0.3, each.shape)
            for name, each in trainer.parameters.items()
        }
    )


@settings(derandomize=True, deadline=None, max_examples=40, database=None)
@given(
    layers=st.lists(LAYER, max_size=5).map(tuple),
    fitting=st.sampled_from(SMOOTH_LOSSES),
    samples=st.sampled_from([10, 17, 23]),
    seed=st.integers(0, 1000),
)
def test_gradients_of_random_stacks(
    layers: tuple[Layer, ...], fitting: tuple[str, str], samples: int, seed: int
) -> None:
    task, loss = fitting
    experiment = experiment_with(
        task,
        layers=layers,
        loss=loss,
        seed=seed,
        data__samples=samples,
        data__split={"train": 1.0, "validation": 0.0, "test": 0.0},
        optimizer={"type": "sgd", "learning_rate": 0.0},
    )
    trainer = Trainer(experiment)
    shifted(trainer, seed)
    start = trainer.parameters
    trainer.advance(steps=1)
    found = trainer.gradients
    x, y = trainer.data("train")
    targets = np.eye(4)[y] if task == "classes" else y.reshape(len(x), -1).astype(float)
    frozen = {
        name
        for layer, name in zip(layers, module_names(layers), strict=True)
        if getattr(layer, "frozen", False)
    }

    after = trainer.parameters
    trained = oracle_of(trainer, training=True)  # a rate of 0 leaves all but running statistics
    for name in found:
        assert np.array_equal(after[name], start[name])
    assert abs(trainer.network.last_loss - mean_loss(trained, loss, x, targets)) < 1e-10
    expected = gradient(trained, loss, x, targets)
    for (name, slopes), numbers in zip(found.items(), expected, strict=True):
        if name.partition(".")[0] not in frozen:
            np.testing.assert_allclose(slopes, numbers, rtol=1e-5, atol=1e-7, err_msg=name)

    later = oracle_of(trainer, training=False)
    _, a = outputs(later, x)
    np.testing.assert_allclose(trainer.outputs(x).T, a, rtol=1e-10, atol=1e-12)
    assert abs(trainer.metrics()["train"]["loss"] - mean_loss(later, loss, x, targets)) < 1e-10
