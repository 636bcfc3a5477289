"""The command line, as a person at a terminal meets it."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from playground.cli.command import COMMANDS, main
from playground.experiment import Experiment
from playground.export import FORMATS, load_model
from playground.shipped import EXAMPLES

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals, terminals and limits")

Captured = pytest.CaptureFixture[str]


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "playground", *map(str, words)]


def said(capsys: Captured) -> str:
    """What went to standard error, once it is clear that it is meant for people."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("playground: ")
    assert "Traceback" not in err
    assert "should not have happened" not in err
    return err.removeprefix("playground: ").removesuffix("\n")


# Catalogues, schema, help


def test_list_shows_every_kind_in_columns(capsys: Captured) -> None:
    assert main(["list"]) == 0
    whole = capsys.readouterr().out
    for words in ("datasets", "  spiral ", "  adamw ", "max(0, z)", "  .safetensors", "Iris"):
        assert words in whole
    assert main(["list", "activations"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["linear", "threshold", "sigmoid", "tanh"]
    assert (
        len(
            {
                line.index("tanh z" if "tanh z" in line else "sin z")
                for line in lines
                if "tanh z" in line or "sin z" in line
            }
        )
        == 1
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_schema_accepts_the_examples_and_nothing_unknown(name: str, capsys: Captured) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    plain = Experiment.example(name).to_dict()
    jsonschema.validate(plain, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain | {"neurons": 3}, schema)


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)])
def test_every_command_explains_itself(words: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([*words, "--help"])
    assert capsys.readouterr().out.startswith(" ".join(["usage: playground", *words]))


def test_a_reader_that_leaves_early_is_no_error() -> None:
    listing = subprocess.Popen(
        command("list"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert listing.stdout
    assert listing.stderr
    listing.stdout.close()
    assert listing.stderr.read() == b""
    listing.stderr.close()
    assert listing.wait() == 0


# Training


def test_train_prints_a_table_of_scores(capsys: Captured, tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    words = ["train", "circle", "--epochs", "40", "--history", str(history)]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "40 epochs" in out
    rows = [line.split() for line in out.splitlines()[1:]]
    assert rows[0] == ["split", "loss", "accuracy"]
    assert [row[0] for row in rows[1:]] == ["train", "validation", "test"]
    assert all(float(row[2].rstrip("%")) > 90 for row in rows[1:])
    records = list(csv.DictReader(io.StringIO(history.read_text())))
    assert records[-1]["epoch"] == "40"
    assert float(records[-1]["train_loss"]) == pytest.approx(float(rows[1][1]), rel=1e-3)


def test_train_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    model = tmp_path / "plane.safetensors"
    words = ("train", "plane", "--steps", "90", "--seed", "5", "--json", "--export", model)
    done = subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert list(told) == [
        "name", "seed", "steps", "epochs", "seconds", "stopped_by", "metrics", "exported",
    ]  # fmt: skip
    assert (told["seed"], told["steps"], told["stopped_by"]) == (5, 90, "steps")
    assert set(told["metrics"]) == {"train", "validation", "test"}
    assert told["metrics"]["test"]["loss"] > 0
    assert told["exported"] == [str(model)]
    assert load_model(model).experiment.seed == 5


def test_every_format_can_be_asked_for_at_once(tmp_path: Path, capsys: Captured) -> None:
    files = [tmp_path / f"xor{ending}" for ending in FORMATS]
    words = [word for file in files for word in ("--export", str(file))]
    assert main(["train", "xor", "--steps", "50", *words]) == 0
    lines = capsys.readouterr().out.splitlines()[-len(files) :]
    for line, file in zip(lines, files, strict=True):
        assert line.startswith(f"{file}: saved, ")
    assert all(file.stat().st_size > 0 for file in files)


def test_settings_are_changed_one_by_one(tmp_path: Path) -> None:
    model = tmp_path / "model.npz"
    changes = {"optimizer.type": "sgd", "layers.0.units": "3", "name": "Mine", "seed": "9"}
    sets = [word for path, value in changes.items() for word in ("--set", f"{path}={value}")]
    assert main(["train", "spiral", "--steps", "5", *sets, "--export", str(model)]) == 0
    experiment = load_model(model).experiment
    expected = Experiment.example("spiral").with_("layers.0.units", 3).with_("name", "Mine")
    expected = expected.with_("seed", 9).with_("optimizer.type", "sgd")
    assert experiment == expected.with_("stop", {"steps": 5})


def test_stop_rules(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "short.playground.json"
    file.write_text(Experiment.example("circle").with_("stop.epochs", 3).to_json())

    def told(*words: str) -> dict[str, object]:
        assert main(["train", *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    own = told(str(file))
    assert (own["epochs"], own["stopped_by"]) == (3, "epochs")
    longer = told(str(file), "--epochs", "5")
    assert (longer["epochs"], longer["stopped_by"]) == (5, "epochs")
    first = told(str(file), "--epochs", "5", "--steps", "7")
    assert (first["steps"], first["stopped_by"]) == (7, "steps")
    timed = told(str(file), "--seconds", "0.2")
    assert timed["stopped_by"] == "seconds"
    assert float(str(timed["seconds"])) < 1


def test_without_any_stop_rule_a_thousand_epochs_are_announced(capsys: Captured) -> None:
    words = ["train", "gauss", "--set", "data.samples=20", "--json"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["epochs"] == 1000
    assert "1,000 epochs" in err


def test_the_same_seed_trains_the_same_weights(tmp_path: Path) -> None:
    files = [tmp_path / "a.npz", tmp_path / "b.npz"]
    for file in files:
        words = command("train", "moons", "--steps", "200", "--export", file)
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    first, second = (load_model(file).parameters for file in files)
    assert all((first[name] == second[name]).all() for name in first)


def test_divergence_keeps_the_last_finite_weights(tmp_path: Path, capsys: Captured) -> None:
    model = tmp_path / "model.safetensors"
    rate = ["--set", "optimizer.type=sgd", "--set", "optimizer.learning_rate=100"]
    words = ["train", "plane", *rate, "--epochs", "500", "--export", str(model), "--json"]
    assert main(words) == 3
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["stopped_by"] == "divergence"
    assert told["exported"] == [str(model)]
    assert err.startswith("playground: ")
    assert len(err.splitlines()) == 1
    load_model(model)  # refuses numbers that are not finite


# Wrong usage: exit code 2, before anything is trained


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["list", "layer"], "layer"),
        (["train"], "EXPERIMENT"),
        (["train", "circle", "--epoch", "3"], "--epoch"),
        (["train", "circle", "--epochs", "0"], "at least 1"),
        (["train", "circle", "--steps", "many"], "whole number"),
        (["train", "circle", "--seconds", "nan"], "above 0"),
        (["train", "circle", "--seed", "-1"], "4,294,967,295"),
        (["train", "circle", "--device", "cuda"], "GPU is not built into this version"),
        (["train", "circle", "--device", "tpu"], "auto, cpu"),
        (["train", "circle", "--threads", "0"], "at least 1"),
        (["train", "circle", "--threads", "100000"], "thread"),
        (["train", "circle", "--export", "model.docx"], ".safetensors"),
        (["train", "circle", "--set", "seed"], "PATH=VALUE"),
        (["train", "circle", "--set", "optimizer.speed=1"], "optimizer.speed"),
        (["train", "circle", "--set", "layers.7.units=1"], "layers"),
        (["train", "circle", "--set", "optimizer.learning_rate=NaN"], "learning_rate"),
        (["train", "circle", "--set", "batch_size=big"], '"big" is not a whole number'),
        (["train", "circle", "--set", "loss=huber", "--set", "data.split.test=0.9"], "add up"),
        (["circle", "xor"], "xor"),
    ],
)
def test_wrong_usage(words: list[str], sentence: str, capsys: Captured) -> None:
    assert main(words) == 2
    assert sentence in said(capsys)


# Bad files: exit code 1, one sentence


def experiment_text(**changes: object) -> bytes:
    return json.dumps({"playground": 1, **changes}).encode()


BAD_FILES = {
    "empty": (b"", "JSON"),
    "not JSON": (b"spiral, 8 units", "JSON"),
    "cut off": (Experiment.example("spiral").to_json().encode()[:300], "JSON"),
    "not UTF-8": (b'{"playground": 1, "name": "\xff"}', "UTF-8"),
    "a list": (b"[]", "object"),
    "no version": (b"{}", '"playground": 1'),
    "newer": (b'{"playground": 2}', "format 2"),
    "unknown field": (experiment_text(neurons=3), "neurons"),
    "wrong type": (experiment_text(batch_size="ten"), '"ten" is not a whole number'),
    "NaN": (experiment_text(regularization={"l2": float("nan")}), "regularization.l2"),
    "a billion units": (
        experiment_text(layers=[{"type": "dense", "units": 10**9}]),
        "layers.0.units: 1000000000 is out of range; possible is 1 to 512",
    ),
    "5,000 digits": (b'{"playground": 1, "seed": ' + b"9" * 5000 + b"}", "seed"),
    "1,000 brackets": (b'{"playground": 1, "layers": ' + b"[" * 1000 + b"]" * 1000 + b"}", ""),
    "100,000 brackets": (b"[" * 100_000, "nested too deep"),
    "a loss that does not fit": (experiment_text(loss="hinge", data={"source": "plane"}), "loss"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_experiment_file(kind: str, tmp_path: Path, capsys: Captured) -> None:
    content, expected = BAD_FILES[kind]
    file = tmp_path / "bad.playground.json"
    file.write_bytes(content)
    assert main(["train", str(file), "--epochs", "1"]) == 1
    sentence = said(capsys)
    assert sentence.startswith(str(file))
    assert expected in sentence
    assert len(sentence) < 400 + len(str(file))


def test_files_that_cannot_be_read(tmp_path: Path, capsys: Captured) -> None:
    assert main(["train", str(tmp_path / "none.json")]) == 1
    assert "no such file" in said(capsys)
    assert main(["train", str(tmp_path)]) == 1
    assert "directory" in said(capsys)
    assert main(["train", "spirall"]) == 1
    assert "spiral, moons" in said(capsys)
    assert main([str(tmp_path / "none.safetensors")]) == 1
    assert "no such file" in said(capsys)
    assert main(["train", "circle", "--export", str(tmp_path / "no/model.npz")]) == 1
    assert "no folder" in said(capsys)


# What the machine does to a training run


@posix
def test_ctrl_c_keeps_what_was_learned(tmp_path: Path) -> None:
    import pty
    import termios

    model, history = tmp_path / "model.safetensors", tmp_path / "history.csv"
    words = ("train", "spiral", "--seconds", "60", "--export", model, "--history", history)
    terminal, stderr = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    with subprocess.Popen(
        command(*words), cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True
    ) as training:
        os.close(stderr)
        shown = b""
        while b"loss" not in shown:  # the progress bar: it trains
            shown += os.read(terminal, 1000)
        training.send_signal(signal.SIGINT)
        out, _ = training.communicate()
    os.close(terminal)
    assert training.returncode == 0
    assert "stopped by Ctrl-C" in out
    assert load_model(model).experiment.name == "Two spirals"
    assert len(history.read_text().splitlines()) > 1


def test_a_second_ctrl_c_aborts() -> None:
    from playground.cli.training import interrupts

    before = signal.getsignal(signal.SIGINT)
    with interrupts() as interrupted:
        assert not interrupted()
        signal.raise_signal(signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@posix
def test_a_full_disk_loses_neither_the_old_file_nor_the_scores(tmp_path: Path) -> None:
    import resource

    model, small = tmp_path / "model.safetensors", tmp_path / "history.csv"
    model.write_bytes(b"the old file")
    words = ("train", "xor", "--steps", "20", "--export", model, "--history", small, "--json")
    done = subprocess.run(
        command(*words),
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("playground: model.safetensors was not saved")
    assert len(done.stderr.splitlines()) == 1
    assert json.loads(done.stdout)["exported"] == []
    assert model.read_bytes() == b"the old file"
    assert small.exists()


def test_a_damaged_kernel_cache_is_mended(tmp_path: Path) -> None:
    from playground.engine import cache, warm

    warm.compile_kernels("float32")
    shutil.copytree(cache.folder(), tmp_path / cache.folder().name)
    file = tmp_path / cache.folder().name / "boundaries"
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        file.write_bytes(damaged)
        done = subprocess.run(
            [sys.executable, "-m", "playground.engine.warm"],
            cwd=ROOT,
            env=os.environ | {"PLAYGROUND_CACHE": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert len(file.read_bytes()) == pytest.approx(len(whole), rel=0.1)


def test_kernels_run_where_no_cache_folder_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code = (
        "import numpy as np; from playground.engine import cache, contour; "
        "print(cache.prepare(), len(contour.contour(np.eye(3, dtype=np.float32), 0.5)) > 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PLAYGROUND_CACHE": str(tmp_path / "file")},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout == "None True\n"
