"""Who may import whom, read off the source; and what must not be loaded to answer quickly."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "playground"
MODULES = sorted(PACKAGE.rglob("*.py"))

TRAINERS = ("playground.runs", "playground.trainer")
# Modules below the first may not import what the second names; those of the third may all the same.
RULES = (
    ("playground", ("PySide6", "pyqtgraph", "shiboken6"), ("playground.app",)),
    ("playground", ("numba",), ("playground.engine.kernels",)),
    ("playground", ("llvmlite",), ("playground.engine",)),
    (
        "playground",
        ("playground.app",),
        ("playground.app", "playground.cli.render", "playground.cli.window"),
    ),
    ("playground", ("playground.cli",), ("playground.cli", "playground.__main__")),
    ("playground.data", ("playground.export", *TRAINERS), ()),
    ("playground.engine", ("playground.export", *TRAINERS), ()),
    ("playground.trainer", ("playground.runs",), ()),
    ("playground.app.views", (*TRAINERS, "playground.app.worker"), ()),
    ("playground.app.panels", (*TRAINERS, "playground.app.worker"), ()),
)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def within(module: str, folders: tuple[str, ...]) -> bool:
    return any(module == folder or module.startswith(f"{folder}.") for folder in folders)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) for every import, those inside functions and type checking too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule[0]} without {', '.join(rule[1])}")
def test_imports_keep_to_the_rules(rule: tuple[str, tuple[str, ...], tuple[str, ...]]) -> None:
    folder, forbidden, exceptions = rule
    broken = [
        f"{path.relative_to(ROOT)}:{line} imports {imported}"
        for path in MODULES
        if within(name_of(path), (folder,)) and not within(name_of(path), exceptions)
        for line, imported in imports(path)
        if within(imported, forbidden)
    ]
    assert not broken


@pytest.mark.parametrize(
    "code",
    [
        "import playground.experiment",
        "from playground import Experiment; Experiment.example('spiral').to_json()",
        "from playground.cli.command import main; main(['list'])",
        "from playground.cli.command import main; main(['schema'])",
    ],
)
def test_neither_numba_nor_qt_is_loaded_to_describe_an_experiment(code: str) -> None:
    look = "import sys; print({'numba', 'llvmlite', 'PySide6', 'onnx'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {look}"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "set()"


def test_the_package_offers_its_names_without_loading_them() -> None:
    code = (
        "import playground, sys; assert 'playground.experiment' not in sys.modules; "
        "from playground import Experiment, Trainer, __version__; "
        "assert set(playground.__all__) <= set(dir(playground)); "
        "print(Experiment.__module__, Trainer.__module__, hasattr(playground, 'Pixel'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.split() == ["playground.experiment", "playground.trainer", "False"]
