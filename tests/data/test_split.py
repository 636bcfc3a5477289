"""The three parts: every sample once, in the shares asked for, each class in its share."""

import numpy as np
import pytest

from playground.data.prepare import prepare
from playground.data.settings import Data
from playground.data.split import split, split_in_order, split_in_time

SHARES = [(0.7, 0.15, 0.15), (0.5, 0.25, 0.25), (1, 0, 0), (0.8, 0, 0.2), (0.01, 0.99, 0)]
LABELS = {
    "balanced": np.arange(500) % 2,
    "sorted": np.repeat([0, 1, 2], 50),
    "one in ten": (np.arange(300) % 10 == 0).astype(int),
    "one alone": (np.arange(40) == 7).astype(int),
    "many small": np.repeat(np.arange(60), 3),
    "one large, many single": np.concatenate([np.zeros(900, int), np.arange(1, 101)]),
    "few": np.array([0, 1, 0, 1, 1, 0, 0, 1, 0, 1]),
    "one class": np.zeros(30, int),
}


def counts(parts: dict[str, np.ndarray]) -> list[int]:
    return [len(part) for part in parts.values()]


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("classes", [True, False])
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_every_sample_is_in_exactly_one_part(
    labels: np.ndarray, classes: bool, shares: tuple[float, ...]
) -> None:
    parts = split(labels, classes, shares, np.random.default_rng(0))
    assert list(parts) == ["train", "validation", "test"]
    np.testing.assert_array_equal(np.sort(np.concatenate(list(parts.values()))), range(len(labels)))
    assert len(parts["train"]) >= 1
    for size, share in zip(counts(parts), shares, strict=True):
        assert abs(size - share * len(labels)) <= 1
        assert size == 0 or share > 0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_every_class_keeps_its_share_in_every_part(
    labels: np.ndarray, shares: tuple[float, ...], seed: int
) -> None:
    parts = split(labels, True, shares, np.random.default_rng(seed))
    for part, share in zip(parts.values(), shares, strict=True):
        for label in np.unique(labels):
            wanted = share * np.sum(labels == label)
            assert abs(np.sum(labels[part] == label) - wanted) < 2


@pytest.mark.parametrize(
    ("labels", "expected"), [("balanced", [350, 75, 75]), ("sorted", [105, 23, 22])]
)
def test_balanced_classes_are_divided_as_anyone_would(labels: str, expected: list[int]) -> None:
    parts = split(LABELS[labels], True, (0.7, 0.15, 0.15), np.random.default_rng(3))
    assert counts(parts) == expected
    for part in parts.values():
        assert np.ptp(np.bincount(LABELS[labels][part])) <= 1


def test_the_seed_decides_who_goes_where() -> None:
    def train(seed: int) -> np.ndarray:
        return split(LABELS["balanced"], True, SHARES[0], np.random.default_rng(seed))["train"]

    np.testing.assert_array_equal(train(1), train(1))
    assert set(train(1)) != set(train(2))


def test_a_single_sample_of_a_class_may_fall_into_any_part() -> None:
    parts = [
        name
        for seed in range(60)
        for name, part in split(
            LABELS["one alone"], True, SHARES[1], np.random.default_rng(seed)
        ).items()
        if 7 in part
    ]
    assert set(parts) == {"train", "validation", "test"}


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("classes", [True, False])
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_in_order_too_every_sample_is_in_exactly_one_part(
    labels: np.ndarray, classes: bool, shares: tuple[float, ...]
) -> None:
    parts = split_in_order(labels, classes, shares)
    assert list(parts) == ["train", "validation", "test"]
    np.testing.assert_array_equal(np.sort(np.concatenate(list(parts.values()))), range(len(labels)))
    groups = [labels == label for label in np.unique(labels)] if classes else [labels == labels]
    for group in groups:
        assert np.flatnonzero(group)[0] in parts["train"]
        for part, share in zip(parts.values(), shares, strict=True):
            assert abs(np.sum(group[part]) - share * np.sum(group)) < 3


def test_a_sample_stays_in_its_part_when_others_follow() -> None:
    labels = np.random.default_rng(0).integers(0, 3, 500)
    for classes in (True, False):
        before = split_in_order(labels[:300], classes, (0.7, 0.15, 0.15))
        after = split_in_order(labels, classes, (0.7, 0.15, 0.15))
        for name, part in before.items():
            np.testing.assert_array_equal(part, after[name][after[name] < 300])


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("samples", [1, 10, 500])
def test_what_is_in_time_is_split_into_before_and_after(
    samples: int, shares: tuple[float, ...]
) -> None:
    parts = split_in_time(samples, shares)
    np.testing.assert_array_equal(np.concatenate(list(parts.values())), range(samples))
    assert counts(parts)[0] >= 1
    for size, share in zip(counts(parts), shares, strict=True):
        assert abs(size - share * samples) <= 1


def test_a_time_series_is_judged_by_its_end() -> None:
    data = prepare(Data("time-series", features=("x1",)), 7)
    assert data.splits["train"].max() < data.splits["validation"].min()
    assert data.splits["validation"].max() < data.splits["test"].min()
