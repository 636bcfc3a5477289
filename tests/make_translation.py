"""Write every text of the window into a file for Qt Linguist, to be translated.

python tests/make_translation.py playground_de.ts

Translate the file with Qt Linguist, release it as playground_de.qm, and put that into
resources/translations.
"""

import ast
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path

from playground.app.words import CONTEXT
from playground.data import SOURCES
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS
from playground.engine.layers import LAYERS
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.schedules import SCHEDULES
from playground.experiment import Experiment
from playground.fields import settings

PACKAGE = Path(__file__).parents[1] / "playground"
CATALOGUES = (SOURCES, ACTIVATIONS, INITIALIZERS, LAYERS, LOSSES, OPTIMIZERS, SCHEDULES)


def texts() -> Iterator[str]:
    """Every text that the window asks Qt to translate: its own, of settings, of catalogues."""
    for path in sorted((PACKAGE / "app").rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
        # Words of tables too, which are translated where they are shown.
        for node in nodes:
            if isinstance(node, ast.Constant) and node not in docstrings:
                yield from (node.value,) if isinstance(node.value, str) else ()
    yield from of_settings(Experiment)
    for catalogue in CATALOGUES:
        for row in catalogue.values():
            yield from (getattr(row, each, "") for each in ("label", "about", "formula"))
            if isinstance(row, type):
                yield from of_settings(row)


def of_settings(cls: type) -> Iterator[str]:
    """Labels and help of a dataclass of settings, and of those inside it."""
    for item, declared, _ in settings(cls):
        yield from (declared.label, declared.help)
        if is_dataclass(item.default):
            yield from of_settings(type(item.default))


def main(file: str) -> None:
    """Write the file; texts without a letter are left out."""
    root = ET.Element("TS", version="2.1", language=Path(file).stem.rpartition("_")[2])
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    found = sorted({text for text in texts() if any(map(str.isalpha, text)) and text.isprintable()})
    for text in found:
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        ET.SubElement(message, "translation", type="unfinished")
    ET.indent(root)
    Path(file).write_bytes(ET.tostring(root, "utf-8", xml_declaration=True))
    print(f"{len(found):,} texts in {file}")


if __name__ == "__main__":
    main(sys.argv[1])
