"""An experiment on a CSV file goes into a folder with its data, and never out of it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.data.table import Table
from playground.export import ExportError, load_model
from playground.fields import ExperimentError

TABLE = Table(inputs=("a", "b"), target="kind", classes=("no", "yes"))


def rows(count: int = 30) -> str:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(count, 2))
    lines = (f"{a:.4f},{b:.4f},{'yes' if a > b else 'no'}" for a, b in x)
    return "\n".join(["a,b,kind", *lines, ""])


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "my rows.csv"
    path.parent.mkdir()
    path.write_text(rows(), "utf-8")
    return path


def test_a_file_beside_the_experiment_is_written_relative_and_found_again(csv: Path) -> None:
    experiment = Experiment().with_source(str(csv), table=TABLE)
    path = csv.parent / "a.playground.json"
    assert experiment.save(path) == experiment
    assert json.loads(path.read_text("utf-8"))["data"]["source"] == "my rows.csv"
    assert Experiment.load(path) == experiment
    moved = csv.parent.rename(csv.parent.parent / "moved")
    trainer = Trainer(Experiment.load(moved / path.name))
    assert trainer.advance(steps=2) == 2
    assert trainer.prepared.dataset.class_names == ("no", "yes")


def test_a_file_from_elsewhere_is_copied_once_and_never_over_another(
    csv: Path, tmp_path: Path
) -> None:
    experiment = Experiment().with_source(str(csv), table=TABLE)
    folder = tmp_path / "away"
    folder.mkdir()
    (folder / csv.name).write_text("something else", "utf-8")
    saved = experiment.save(folder / "a.playground.json")
    assert saved.data.source == str(folder / "my rows-2.csv")
    assert Path(saved.data.source).read_bytes() == csv.read_bytes()
    assert Experiment.load(folder / "a.playground.json") == saved
    experiment.save(folder / "b.playground.json")
    assert sorted(each.name for each in folder.iterdir()) == [
        "a.playground.json",
        "b.playground.json",
        "my rows-2.csv",
        "my rows.csv",
    ]


def test_what_the_program_keeps_for_itself_may_point_anywhere(csv: Path, tmp_path: Path) -> None:
    experiment = Experiment().with_source(str(csv), table=TABLE)
    path = tmp_path / "recovery.json"
    assert experiment.save(path, anywhere=True) == experiment
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["recovery.json"]
    assert Experiment.load(path, anywhere=True) == experiment
    with pytest.raises(ExperimentError, match="leads out of the folder"):
        Experiment.load(path)


@pytest.mark.parametrize(
    "source",
    [
        "/etc/secret.csv",
        "../secret.csv",
        "a/../../secret.csv",
        "..\\secret.csv",
        "C:\\secret.csv",
        "C:secret.csv",
        "\\\\server\\share\\secret.csv",
        "//server/share/secret.csv",
    ],
)
def test_a_stranger_s_experiment_does_not_reach_out_of_its_folder(source: str, csv: Path) -> None:
    plain = Experiment().with_source(source, table=TABLE).to_dict()
    path = csv.parent / "a.playground.json"
    path.write_text(json.dumps(plain), "utf-8")
    with pytest.raises(ExperimentError, match="leads out of the folder"):
        Experiment.load(path)


def test_a_path_within_the_folder_may_turn_around(csv: Path) -> None:
    plain = Experiment().with_source("x/../my rows.csv", table=TABLE).to_dict()
    path = csv.parent / "a.playground.json"
    path.write_text(json.dumps(plain), "utf-8")
    assert Experiment.load(path).data.source == str(csv)


def test_a_link_out_of_the_folder_is_copied_as_a_file(csv: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(csv)
    path = tmp_path / "given" / "a.playground.json"
    path.parent.mkdir()
    Experiment().with_source(str(link), table=TABLE).save(path)
    assert (path.parent / "link.csv").is_file()
    assert not (path.parent / "link.csv").is_symlink()


def test_data_that_are_gone_are_said_so(csv: Path, tmp_path: Path) -> None:
    experiment = Experiment().with_source(str(csv), table=TABLE)
    trainer = Trainer(Experiment())
    csv.unlink()
    with pytest.raises(ExperimentError, match=r"data.source: my rows.csv is not in .*/data"):
        trainer.apply(experiment)
    assert trainer.experiment == Experiment()
    away = tmp_path / "away"
    away.mkdir()
    with pytest.raises(ExportError, match=r"a.playground.json was not saved.*is not in .*/data"):
        experiment.save(away / "a.playground.json")
    assert not list(away.iterdir())


def test_a_model_names_its_file_and_nothing_of_this_machine(csv: Path, tmp_path: Path) -> None:
    experiment = Experiment().with_source(str(csv), table=TABLE)
    trainer = Trainer(experiment)
    for ending in (".npz", ".safetensors"):
        path = tmp_path / f"model{ending}"
        trainer.save(path)
        assert str(tmp_path).encode() not in path.read_bytes()
        opened = load_model(path)
        assert opened.experiment == experiment.with_("data.source", str(tmp_path / csv.name))
        np.testing.assert_array_equal(
            opened.predict(np.ones((2, 2))), trainer.model().predict(np.ones((2, 2)))
        )


def test_a_changed_file_is_read_again(csv: Path) -> None:
    experiment = Experiment().with_source(str(csv), table=TABLE)
    assert len(Trainer(experiment).prepared.dataset.x) == 30
    csv.write_text(rows(44), "utf-8")
    assert len(Trainer(experiment).prepared.dataset.x) == 44


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(ExperimentError, match=r"a.csv is not a file"):
        Trainer(Experiment().with_source(str(tmp_path / "a.csv"), table=TABLE))


def test_a_damaged_write_leaves_the_old_experiment(csv: Path, tmp_path: Path) -> None:
    experiment = Experiment().with_source(str(csv), table=TABLE)
    path = csv.parent / "a.playground.json"
    experiment.save(path)
    shutil.copy(path, tmp_path / "before")
    with pytest.raises(ExportError):
        experiment.save(path / "below.json")
    assert path.read_bytes() == (tmp_path / "before").read_bytes()
