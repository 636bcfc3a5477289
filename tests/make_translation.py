"""Write every text of the window into a file for Qt Linguist, to be translated.

python tests/make_translation.py playground_de.ts

Translate the file with Qt Linguist, release it as playground_de.qm, and put that into
resources/translations.
"""

import ast
import errno
import os
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import get_args

from playground.app.controls.parameters import about
from playground.app.words import CONTEXT
from playground.data import SOURCES
from playground.data.normalization import NORMALIZATIONS
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS
from playground.engine.layers import LAYERS
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.schedules import SCHEDULES
from playground.experiment import Experiment
from playground.export import FORMATS
from playground.fields import settings
from playground.shipped import EXAMPLES

PACKAGE = Path(__file__).parents[1] / "playground"
CATALOGUES = (SOURCES, ACTIVATIONS, INITIALIZERS, LAYERS, LOSSES, OPTIMIZERS, SCHEDULES, FORMATS)
# What the system says of a file that cannot be read
READING = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EIO)


def texts() -> Iterator[str]:
    """Every text that the window asks Qt to translate: its own, of settings, of catalogues, and
    the sentences of the other modules.
    """
    for path in sorted(PACKAGE.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        # Words of tables too, which are translated where they are shown.
        if path.is_relative_to(PACKAGE / "app"):
            yield from literals(nodes)
        elif not path.is_relative_to(PACKAGE / "cli") and says_sentences(nodes):
            yield from (text for text in literals(nodes) if " " in text)
            yield from literals(inside_sentences(nodes))
    yield from of_settings(Experiment)
    for catalogue in CATALOGUES:
        for row in catalogue.values():
            yield from (getattr(row, each, "") for each in ("label", "about", "formula"))
            if isinstance(row, type):
                yield from of_settings(row)
    yield from NORMALIZATIONS.values()
    yield from (Experiment.example(name).name for name in EXAMPLES)
    yield from map(os.strerror, READING)


def literals(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The texts that are written out, but for docstrings."""
    nodes = list(nodes)
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and node not in docstrings:
            yield from (node.value,) if isinstance(node.value, str) else ()


def says_sentences(nodes: Iterable[ast.AST]) -> bool:
    """Whether a module has sentences for the user, or errors that are made of them."""
    imports = (node for node in nodes if isinstance(node, ast.ImportFrom))
    names = [name.name for each in imports for name in each.names]
    return any(name.endswith(("Sentence", "Problem", "Error")) for name in names)


def inside_sentences(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """What sentences are made of that may be a single word."""
    for node in nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence":
            yield from ast.walk(node.args[0])


def of_settings(cls: type) -> Iterator[str]:
    """What a dataclass of settings says of itself, labels and help, and of those inside it."""
    yield about(cls)
    for _, declared, hint in settings(cls):
        yield from (declared.label, declared.help)
        for each in (hint, *get_args(hint)):
            if isinstance(each, type) and is_dataclass(each):
                yield from of_settings(each)


def to_translate() -> set[str]:
    """Every text once, but for those without a letter."""
    return {text for text in texts() if any(map(str.isalpha, text)) and text.isprintable()}


def main(file: str) -> None:
    """Write the file."""
    root = ET.Element("TS", version="2.1", language=Path(file).stem.rpartition("_")[2])
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    found = to_translate()
    for text in sorted(found):
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        ET.SubElement(message, "translation", type="unfinished")
    ET.indent(root)
    Path(file).write_bytes(ET.tostring(root, "utf-8", xml_declaration=True))
    print(f"{len(found):,} texts in {file}")


if __name__ == "__main__":
    main(sys.argv[1])
