"""The workloads, their count of operations, the measured peak, and the command that shows them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from playground.bench import G1, W1, W2, W6, WORKLOADS, Engine, Measurement, enough
from playground.cli.command import main
from playground.engine import peak
from playground.engine.machine import cores
from playground.engine.machine_code import library
from playground.engine.optimizers import SGD
from playground.engine.vectors import aligned, lanes

Captured = pytest.CaptureFixture[str]


def test_the_operations_of_a_step_and_of_a_grid_counted_by_hand() -> None:
    forward = 10 * 2 * (2 * 4 + 4 * 2 + 2 * 1)
    into_the_hidden_layers = 10 * 2 * (4 * 2 + 2 * 1)
    assert W1.flops == forward + forward + into_the_hidden_layers == 920
    assert G1.flops == 256 * 256 * 2 * (2 * 8 + 8 * 8 + 8 * 8 + 8 * 1)
    assert W1.parameters == (8 + 4) + (8 + 2) + (2 + 1)
    assert W6.parameters == (784 * 512 + 512) + (512 * 512 + 512) + (512 * 10 + 10)
    assert Measurement(W1, 1, 0.5e-6, 100.0).gflops == pytest.approx(1.84)
    assert Measurement(W1, 1, 0.5e-6, 100.0).share == pytest.approx(0.0184)


def test_a_label_says_what_is_done() -> None:
    assert W2.label == "2-8-8-8-1 relu, batch 32, Adam"
    assert WORKLOADS["W3"].label == "7-8-8-8-8-8-8-1 tanh, batch 10, SGD + L2"
    assert G1.label == "2-8-8-8-1 relu, grid 256×256"


@pytest.mark.parametrize("name", WORKLOADS)
def test_data_fit_and_are_the_same_each_time(name: str) -> None:
    work = WORKLOADS[name]
    x, y = work.data()
    assert x.shape == (work.samples, work.sizes[0])
    assert len(y) == work.samples
    assert x.dtype == y.dtype == np.float32
    assert all((a == b).all() for a, b in zip((x, y), work.data(), strict=True))
    if work.side:
        assert (x.min(), x.max()) == (-1, 1)
        return
    assert work.samples % work.batch == 0
    assert set(np.unique(y)) == {0, 1}
    assert work.sizes[-1] == 1 or (y.sum(axis=1) == 1).all()


@pytest.mark.parametrize("name", ["W1", "W3", "W5", "G1"])
def test_an_engine_runs_as_often_as_it_is_asked_to(name: str) -> None:
    engine = Engine(WORKLOADS[name], 1)
    assert engine.threads == 1
    engine.run(3)
    engine.run(70)  # past the end of an epoch


def test_a_training_that_diverges_is_not_timed() -> None:
    engine = Engine(replace(W2, optimizer=SGD(1e30)), 1)
    with pytest.raises(RuntimeError, match="diverged"):
        engine.run(100)


def test_runs_are_doubled_until_they_are_long_enough() -> None:
    counts: list[int] = []
    clock = iter([0.0, 0.1, 1.0, 1.1, 2.0, 3.0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("playground.bench.perf_counter", lambda: next(clock))
        assert enough(counts.append, at_least=0.5) == 4
    assert counts == [1, 1, 2, 4]


# The peak


def test_the_kernel_of_the_peak_multiplies_and_adds() -> None:
    width = lanes(np.float32)
    values = aligned((2 + peak.SUMS) * width, np.float32)
    values[:] = np.random.default_rng(0).random(len(values))
    expected = values.astype(np.float64).reshape(-1, width)
    for _ in range(5):
        expected[2:] = expected[2:] * expected[0] + expected[1]
    library("peak")["multiply_add"](values, 5)
    np.testing.assert_allclose(values.reshape(-1, width), expected, rtol=1e-6)


@pytest.mark.parametrize("threads", sorted({1, cores()}))
def test_the_peak_is_a_speed(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peak, "ROUNDS", 10_000)
    assert 0 < peak.measured_peak(threads) < np.inf


# The command


def test_json_is_one_object_and_nothing_else(capsys: Captured) -> None:
    assert main(["bench", "W1", "g1", "--json", "--repeats", "1"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    told = json.loads(out)
    assert list(told) == ["processor", "cores", "threads", "repeats", "peak_gflops", "workloads"]
    assert (told["cores"], told["threads"], told["repeats"]) == (cores(), min(2, cores()), 1)
    assert all(speed > 0 for speed in told["peak_gflops"].values())
    step, grid = told["workloads"]
    assert list(step) == [
        "name", "label", "per", "threads", "microseconds", "flops", "gflops", "peak_share",
    ]  # fmt: skip
    assert (step["name"], step["per"], step["threads"], step["flops"]) == ("W1", "step", 1, 920)
    assert (grid["name"], grid["per"], grid["flops"]) == ("G1", "grid", G1.flops)
    assert all(each["microseconds"] > 0 and each["peak_share"] > 0 for each in (step, grid))


def test_the_table_has_a_row_for_each_workload(capsys: Captured) -> None:
    assert main(["bench", "W2", "--threads", "1", "--repeats", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("processor ")
    assert "on 1" in lines[1]
    assert "on 2" not in lines[1]
    assert lines[-1].startswith(f"W2  {W2.label}  ")
    assert lines[-1].endswith("%")
    assert len(lines[-1]) == len(lines[-2])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["W7"], "there are W1, W2"),
        (["--threads", "0"], "at least 1"),
        (["--threads", str(cores() + 1)], "cores"),
        (["--repeats", "few"], "whole number"),
    ],
)
def test_wrong_usage(words: list[str], sentence: str, capsys: Captured) -> None:
    assert main(["bench", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("playground: ")
    assert sentence in err
