"""Files that ship with the program: where they lie, and the example experiments among them."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "resources"

ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "resources"
"""The folder of resources: inside the package when installed, beside it in a checkout."""

# In the order in which they are best learned from.
_NAMES = (
    *("circle", "xor", "gauss", "spiral", "moons", "blobs"),
    *("rings", "checkerboard", "s-curve", "three-spirals"),
    *("plane", "multi-gauss", "sine", "polynomial", "time-series"),
    *("pass", "iris", "penguins", "wine", "breast-cancer", "digits", "diabetes"),
)

EXAMPLES = {name: ROOT / "examples" / f"{name}.playground.json" for name in _NAMES}
