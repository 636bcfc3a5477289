"""Write every text of the window into a file for Qt Linguist, to be translated.

python tests/make_translation.py playground_de.ts

Translate the file with Qt Linguist, release it as playground_de.qm, and put that into
resources/translations.
"""

import ast
import errno
import os
import re
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
NO_WORDS = re.compile(
    r"[\W\d_]*"  # no letter
    r"|[#.%^([\\].*"  # colours, endings of files, formats, patterns
    r"|[a-z0-9_]*[._*-][\w.*-]*"  # paths of settings, names of icons
    r"|(Ctrl|Shift)\+\S+|.*(=\"|; }|{ |none;).*"  # keys, drawings, styles
)
WRITES_CODE = re.compile(r"^(c|run)\.py|_script\.py")
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
            if not WRITES_CODE.search(path.name):
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
    """The texts that are written out whole, but for docstrings."""
    nodes = list(nodes)
    others = {node.value for node in nodes if isinstance(node, ast.Expr)}
    others |= {each for node in nodes if isinstance(node, ast.JoinedStr) for each in node.values}
    for node in nodes:
        if isinstance(node, ast.Constant) and node not in others:
            yield from (node.value,) if isinstance(node.value, str) else ()


def says_sentences(nodes: Iterable[ast.AST]) -> bool:
    """Whether a module has sentences for the user, or errors that are made of them."""
    imports = (node for node in nodes if isinstance(node, ast.ImportFrom))
    return any(says_sentence(name.name) for each in imports for name in each.names)


def says_sentence(name: str) -> bool:
    """Whether a class is a sentence, or an error that is made of one."""
    return name.endswith(("Sentence", "Problem", "Error"))


def inside_sentences(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """What sentences and errors are made of; it may be a single word."""
    for node in nodes:
        if isinstance(node, ast.Call) and says_sentence(getattr(node.func, "id", "")):
            yield from (each for given in node.args for each in ast.walk(given))


def of_settings(cls: type) -> Iterator[str]:
    """What a dataclass of settings says of itself, labels and help, and of those inside it."""
    yield about(cls)
    for _, declared, hint in settings(cls):
        yield from (declared.label, declared.help)
        for each in (hint, *get_args(hint)):
            if isinstance(each, type) and is_dataclass(each):
                yield from of_settings(each)


def to_translate() -> set[str]:
    """Every text once, but for those that are plainly no language."""
    return {text for text in texts() if not NO_WORDS.fullmatch(text.replace("\n", " "))}


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
