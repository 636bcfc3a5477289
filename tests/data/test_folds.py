"""Folds and resamples: every sample once, each class in its share, the test part never."""

import numpy as np
import pytest

from playground.data.folds import bootstrap, deal, k_fold
from playground.data.prepare import PreparedData, prepare
from playground.experiment import Data, ExperimentError, Split

LABELS = {
    "balanced": np.arange(500) % 2,
    "sorted": np.repeat([0, 1, 2], 50),
    "one in ten": (np.arange(300) % 10 == 0).astype(int),
    "few": np.array([0, 1, 0, 1, 1, 0, 0, 1, 0, 1]),
    "uneven": np.repeat([0, 1, 2, 3], [7, 11, 13, 5]),
    "one class": np.zeros(30, int),
}
IRIS = Data("iris", normalize="standard", features=("x1", "x2", "x3"))


def ends(data: PreparedData) -> tuple[list[int], list[int], list[int]]:
    train, validation, test = (data.splits[part].tolist() for part in data.splits)
    return train, validation, test


@pytest.mark.parametrize("folds", [2, 3, 5])
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_each_class_is_dealt_evenly(labels: np.ndarray, folds: int) -> None:
    for seed in range(5):
        parts = deal(labels, True, folds, np.random.default_rng(seed))
        assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
        counts = np.array([np.bincount(labels[part], minlength=4) for part in parts])
        assert np.ptp(counts, axis=0).max() <= 1
        assert np.ptp(counts.sum(axis=1)) <= 1


def test_values_are_dealt_at_random_into_folds_of_one_size() -> None:
    values = np.arange(50.0)[:, None]
    parts = deal(values, False, 4, np.random.default_rng(0))
    assert [len(part) for part in parts] == [13, 13, 12, 12]
    assert all(np.ptp(part) > 25 for part in parts)


@pytest.mark.parametrize("data", [IRIS, Data("spiral"), Data("plane", samples=41)])
def test_every_sample_outside_the_test_part_is_once_in_each_repetition_left_out(data: Data) -> None:
    own = prepare(data, 7)
    pool = sorted([*own.splits["train"], *own.splits["validation"]])
    results = [ends(each) for each in k_fold(data, 7, 4, repeat=3)]
    assert len(results) == 12
    for train, validation, test in results:
        assert sorted(train + validation) == pool
        assert test == own.splits["test"].tolist()
    for repetition in range(3):
        left_out = [index for part in results[4 * repetition :][:4] for index in part[1]]
        assert sorted(left_out) == pool


def test_seed_and_repetition_decide_who_goes_where() -> None:
    def first(seed: int, repeat: int = 1) -> list[list[int]]:
        return [ends(each)[1] for each in k_fold(IRIS, seed, 5, repeat)]

    assert first(1) == first(1) == first(1, repeat=2)[:5]
    assert first(1, repeat=2)[5:] != first(1)
    assert first(2) != first(1)


def test_normalisation_is_fitted_to_the_other_folds_alone() -> None:
    for fold in k_fold(IRIS, 3, 3):
        train, _ = fold.samples("train")
        validation, _ = fold.samples("validation")
        np.testing.assert_allclose(fold.network_inputs(train).mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(fold.network_inputs(train).std(axis=0), 1)
        assert np.abs(fold.network_inputs(validation).mean(axis=0)).max() > 1e-3


def test_as_many_folds_as_samples_leave_out_one_each() -> None:
    data = Data("plane", samples=20, split=Split(0.8, 0.0, 0.2))
    assert [len(each.splits["validation"]) for each in k_fold(data, 1, 16)] == [1] * 16


@pytest.mark.parametrize(
    ("data", "folds", "repeat", "sentence"),
    [
        (IRIS, 1, 1, "2 folds or more; 1 was asked for"),
        (IRIS, 0, 1, "2 folds or more"),
        (IRIS, 5, 0, "once or more"),
        (Data("plane", samples=10), 9, 1, "9 folds need as many samples; .* are 8"),
        (IRIS, 44, 1, "without the class .* of the 44 samples needed; take at most 4[23] folds"),
        (Data("blobs", samples=10), 3, 1, 'class "class .": .* 2 of the 3 .* at most 2 folds'),
        (Data("blobs", samples=10, split=Split(0.2, 0.1, 0.7)), 2, 1, "needed; take more samples"),
    ],
)
def test_folds_that_cannot_be_are_refused_at_once(
    data: Data, folds: int, repeat: int, sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence) as refused:
        k_fold(data, 1, folds, repeat)
    assert len(refused.value.problems) == 1


def test_resamples_are_drawn_from_the_training_part_with_replacement() -> None:
    own = prepare(Data(), 5)
    resamples = list(bootstrap(Data(), 5, 20))
    assert len(resamples) == 20
    shares = []
    for each in resamples:
        assert len(each.splits["train"]) == len(own.splits["train"])
        assert set(each.splits["train"]) < set(own.splits["train"])
        for part in ("validation", "test"):
            np.testing.assert_array_equal(each.splits[part], own.splits[part])
        shares.append(len(set(each.splits["train"])) / len(own.splits["train"]))
    assert np.mean(shares) == pytest.approx(1 - 1 / np.e, abs=0.01)
    again, first = next(bootstrap(Data(), 5, 1)), resamples[0]
    np.testing.assert_array_equal(again.splits["train"], first.splits["train"])
    assert not np.array_equal(first.splits["train"], resamples[1].splits["train"])


def test_normalisation_is_fitted_to_each_resample() -> None:
    for each in bootstrap(IRIS, 1, 3):
        x, _ = each.samples("train")
        np.testing.assert_allclose(each.network_inputs(x).mean(axis=0), 0, atol=1e-12)


def test_no_resample_is_refused() -> None:
    with pytest.raises(ExperimentError, match="one resample or more"):
        bootstrap(Data(), 1, 0)
