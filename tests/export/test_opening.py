"""Files from strangers: each opens, or is refused in one sentence before memory is taken for it."""

import io
import json
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.experiment import Experiment
from playground.export import Model, ModelError, load_model, save_model

MakeModel = Callable[..., Model]

READABLE = (".safetensors", ".npz", ".json", ".onnx")
NORMED = (Dense(4), Dropout(), BatchNorm(), LayerNorm())


def refusal(path: Path) -> str:
    """The sentence with which a file is refused, for less than 20 MB of memory."""
    tracemalloc.start()
    try:
        with pytest.raises(ModelError) as raised:
            load_model(path)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
    sentence = str(raised.value)
    assert sentence.startswith(f'"{path.name}" cannot be opened')
    assert "\n" not in sentence
    assert len(sentence) < 300
    return sentence


def safetensors_file(path: Path, header: object, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def npz_file(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def npy(array: np.ndarray, header: bytes | None = None) -> bytes:
    """An array as .npy; `header` stands in for the true one."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    content = buffer.getvalue()
    if header is None:
        return content
    length = struct.unpack("<H", content[8:10])[0]
    header += b" " * (-len(header) % 64) + b"\n"
    return content[:8] + struct.pack("<H", len(header)) + header + content[10 + length :]


def members(model: Model) -> dict[str, bytes]:
    return {
        "playground": npy(np.array(model.description.to_json())),
        **{name: npy(array) for name, array in model.parameters.items()},
    }


def test_names_that_lead_nowhere(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.npz").endswith("there is no such file")
    (tmp_path / "folder.npz").mkdir()
    assert refusal(tmp_path / "folder.npz").endswith("it is a folder")
    for name in ("model.h", "model.pkl", "model"):
        (tmp_path / name).touch()
        assert refusal(tmp_path / name).endswith(
            "open from .safetensors, .npz, .json or .onnx files"
        )


@pytest.mark.parametrize("ending", READABLE)
@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\0" * 100, b"\xff" * 100, b"PK\5\6" + b"\0" * 18]
)
def test_what_is_no_model_at_all(ending: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending}"
    path.write_bytes(content)
    refusal(path)


@pytest.mark.parametrize("ending", READABLE)
def test_a_file_that_is_too_large(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending}"
    with path.open("wb") as file:
        file.truncate(2**42)
    assert refusal(path).endswith("it is too large for a model")


@pytest.mark.parametrize("ending", READABLE)
def test_a_file_cut_short(ending: str, make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending}"
    save_model(make_model(), path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        refusal(path)


@pytest.mark.parametrize("ending", READABLE)
def test_mutated_files_open_or_are_refused(
    ending: str, make_model: MakeModel, tmp_path: Path
) -> None:
    path = tmp_path / f"model{ending}"
    save_model(make_model(Experiment(layers=NORMED)), path)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(0)
    opened = 0
    for _ in range(400):
        mutated = whole.copy()
        places = rng.integers(len(whole), size=rng.integers(1, 4))
        mutated[places] = rng.choice([0, 1, 0x7F, 0xFF, *rng.integers(256, size=4)], len(places))
        path.write_bytes(mutated.tobytes())
        try:
            load_model(path)
            opened += 1
        except ModelError as error:
            assert "\n" not in str(error)  # noqa: PT017
    assert opened < 400


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ({}, "it holds no playground experiment, and no torch.nn.Sequential"),
        ({"__metadata__": {"playground": "{"}}, "its description is not JSON"),
        ({"__metadata__": {"playground": "[" * 40_000}}, "its description is not JSON"),
        ({"__metadata__": {"playground": "[" * 100_000}}, "it has too many parts for a model"),
        ({"__metadata__": {"playground": "1" * 100_000}}, "its description is not JSON"),
        ({"__metadata__": {"playground": '{"playground": 2}'}}, "is not in format 1"),
        ({"__metadata__": {"playground": '{"playground": 1}'}}, "version: is missing"),
        (b"[" * 100_000, "damaged, or not a safetensors file"),
        (b'{"a":' * 100_000, "damaged, or not a safetensors file"),
        ({"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}, "damaged"),
        ({"a": {"dtype": "F32", "shape": [2**63, 4], "data_offsets": [0, 0]}}, "damaged"),
        ({"a": {"dtype": "X9", "shape": [1], "data_offsets": [0, 4]}}, "damaged"),
    ],
)
def test_hostile_safetensors_headers(header: object, sentence: str, tmp_path: Path) -> None:
    assert sentence in refusal(safetensors_file(tmp_path / "m.safetensors", header))


def test_a_safetensors_header_longer_than_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    for length in (2**63, 2**32, 3_000_000, 9):
        path.write_bytes(struct.pack("<Q", length) + b"{}      ")
        assert refusal(path).endswith("(its header is too long)")


def test_many_tensors_in_safetensors(make_model: MakeModel, tmp_path: Path) -> None:
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    header: dict[str, object] = {f"t{index}": empty for index in range(10_000)}
    header["__metadata__"] = {"playground": make_model().description.to_json()}
    sentence = refusal(safetensors_file(tmp_path / "m.safetensors", header))
    assert sentence.endswith("which its network does not have")


@pytest.mark.parametrize("dtype", ["BF16", "F16", "I64", "BOOL", "F8_E4M3"])
def test_number_formats_that_are_not_used(
    dtype: str, make_model: MakeModel, tmp_path: Path
) -> None:
    size = {"BF16": 2, "F16": 2, "I64": 8}.get(dtype, 1)
    model = make_model()
    header: dict[str, object] = {"__metadata__": {"playground": model.description.to_json()}}
    start = 0
    for name, array in model.parameters.items():
        end = start + array.size * size
        header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": [start, end]}
        start = end
    path = safetensors_file(tmp_path / "m.safetensors", header, b"\0" * start)
    assert refusal(path).endswith(f"holds {dtype} numbers; only float32 and float64 can be used")


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (b"{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }", "has the shape"),
        (b"{'descr': '<f4', 'fortran_order': False, 'shape': (8, 3), }", "needs (8, 2)"),
        (b"{'descr': '|O', 'fortran_order': False, 'shape': (8, 2), }", "holds |O numbers"),
        (b"{'descr': '<f2', 'fortran_order': False, 'shape': (8, 2), }", "holds <f2 numbers"),
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (8, 2), }", "not as long as it says"),
        (b"__import__('os').system('true')", "not a NumPy array"),
        (b"(" * 900, "not a NumPy array"),
    ],
)
def test_hostile_npy_headers(
    header: bytes, sentence: str, make_model: MakeModel, tmp_path: Path
) -> None:
    model = make_model()
    content = npy(model.parameters["0.weight"], header)
    path = npz_file(tmp_path / "m.npz", members(model) | {"0.weight": content})
    assert sentence in refusal(path)


@pytest.mark.parametrize("name", ["0.weight", "playground", "more"])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_small_archive_that_unpacks_to_much(
    name: str, method: int, make_model: MakeModel, tmp_path: Path
) -> None:
    content = npy(np.zeros(0, np.float32)) + b"\0" * 40_000_000
    refusal(npz_file(tmp_path / "m.npz", members(make_model()) | {name: content}, method))


def test_pickles_are_never_loaded(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    content = members(make_model())
    np.savez(path, **{"0.weight": np.full((8, 2), print, object)})
    with zipfile.ZipFile(path) as archive:
        content["0.weight"] = archive.read("0.weight.npy")
    assert "holds |O numbers" in refusal(npz_file(path, content))


def test_a_long_table_of_contents(tmp_path: Path) -> None:
    many = {f"t{index}": b"" for index in range(2000)}
    sentence = refusal(npz_file(tmp_path / "m.npz", many))
    assert sentence.endswith("its table of contents is too long for a model")


def test_a_changed_weight_in_an_archive_is_noticed(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    model = make_model()
    save_model(model, path)
    content = path.read_bytes()
    weight = model.parameters["2.weight"].tobytes()
    assert content.count(weight) == 1
    path.write_bytes(content.replace(weight, weight[:-1] + b"?"))
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("experiment", "layers", 0, "units"), 10**9, "experiment.layers.0.units: 1000000000 is"),
        (("experiment", "layers"), ["dense"] * 50_000, "the list has length 50,000"),
        (("experiment", "loss"), "mean", "experiment.loss"),
        (("experiment", "data", "features"), ["x9"], "data.features.0"),
        (("experiment",), None, "experiment"),
        (("normalization", "scale"), [1.0, 0.0], "normalization.scale has a 0"),
        (("normalization", "scale"), [1.0], "normalization.scale has 1 entries; its experiment"),
        (("normalization", "shift"), [1.0, float("nan")], "normalization.shift.1"),
        (("class_names",), ["A", "B", "C"], "class_names has 3 entries; its experiment needs 2"),
        (("input_names",), ["x1"], "input_names has 1 entries; its experiment needs 2"),
        (("input_ranges", 0, "low"), 1e308, "input_ranges.0.low"),
        (("input_ranges", 0, "low"), 1e9, "input_ranges has a low end above its high end"),
        (("outputs",), 2, "outputs is 2; its experiment needs 1"),
        (("extra",), 1, "extra: unknown field"),
    ],
)
def test_descriptions_that_do_not_fit(
    path: tuple, value: object, sentence: str, make_model: MakeModel, tmp_path: Path
) -> None:
    model = make_model()
    description = json.loads(model.description.to_json())
    place = description
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    content = members(model) | {"playground": npy(np.array(json.dumps(description)))}
    assert sentence in refusal(npz_file(tmp_path / "m.npz", content))


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_weights_that_are_not_finite(number: float, make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model()
    content = members(model) | {"2.bias": npy(np.full(8, number, np.float32))}
    sentence = refusal(npz_file(tmp_path / "m.npz", content))
    assert sentence.endswith('"2.bias" holds numbers that are not finite')


def test_a_missing_weight_is_named(make_model: MakeModel, tmp_path: Path) -> None:
    content = members(make_model())
    del content["4.bias"]
    sentence = refusal(npz_file(tmp_path / "m.npz", content))
    assert sentence.endswith('it lacks the tensor "4.bias" of shape (1,)')


@pytest.mark.parametrize(
    ("tensor", "array", "sentence"),
    [
        ("3.running_var", [1.0, -1.0, 1.0, 1.0], "holds numbers below 0, which no variance is"),
        ("3.running_var", [1.0, np.nan, 1.0, 1.0], "holds numbers that are not finite"),
        ("3.running_mean", [1.0, np.inf, 1.0, 1.0], "holds numbers that are not finite"),
        ("3.running_mean", [1.0, 1.0, 1.0], r"has the shape \(3,\); its network needs \(4,\)"),
        ("3.running_mean", [1, 1, 1, 1], "holds (I64|<i8) numbers; only float32 and float64"),
    ],
)
def test_running_statistics_that_do_not_fit(
    tensor: str, array: list[float], sentence: str, make_model: MakeModel, tmp_path: Path
) -> None:
    model = make_model(Experiment(layers=NORMED))
    for path in files(tmp_path, model, {**model.parameters, tensor: np.array(array)}):
        assert re.search(f'"{tensor}" {sentence}', refusal(path))


@pytest.mark.parametrize("name", ["3.running_mean", "3.running_var", "4.weight"])
def test_a_norm_that_lacks_a_tensor(name: str, make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model(Experiment(layers=NORMED))
    rest = {each: array for each, array in model.parameters.items() if each != name}
    for path in files(tmp_path, model, rest):
        assert refusal(path).endswith(f'it lacks the tensor "{name}" of shape (4,)')


def test_a_tensor_that_no_layer_has_is_named(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model(Experiment(layers=NORMED))
    for name in ("2.weight", "3.num_batches_tracked", "4.running_var"):
        for path in files(tmp_path, model, {**model.parameters, name: np.zeros(4)}):
            sentence = f'it has a tensor "{name}", which its network does not have'
            assert refusal(path).endswith(sentence)


def files(folder: Path, model: Model, tensors: dict[str, np.ndarray]) -> tuple[Path, Path]:
    """Files of both kinds with a model's description and any tensors."""
    description = model.description.to_json()
    content = safetensors.numpy.save(tensors, {"playground": description})
    written = folder / "m.safetensors"
    written.write_bytes(content)
    arrays = {name: npy(array) for name, array in tensors.items()}
    arrays["playground"] = npy(np.array(description))
    return written, npz_file(folder / "m.npz", arrays)
