"""What this machine offers and lacks: versions, processor, kernel cache, and Qt's system libraries.

On a slim Linux Qt stops with a message that names the wrong library, or aborts. The functions here
find out beforehand what is missing and in which Debian package it is, without importing Qt.
"""

import ctypes
import importlib.metadata
import os
import platform
import sys

from playground.engine import cache

DISTRIBUTIONS = (
    "neural-playground",
    "numpy",
    "numba",
    "llvmlite",
    "PySide6-Essentials",
    "onnx",
    "onnxruntime",
    "safetensors",
)

# Shared library: Debian package. What a bare Debian has anyway (libc, libstdc++, libz) is left out.
_GUI = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
LIBRARIES = {
    "offscreen": _GUI,
    "xcb": _GUI
    | {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxcb.so.1": "libxcb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": _GUI
    | {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}


def qt_platforms() -> list[str]:
    """The platform plugins that Qt would try here, in its order; empty when there is no display."""
    if chosen := os.environ.get("QT_QPA_PLATFORM"):
        return [name.partition(":")[0] for name in chosen.split(";")]
    displays = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return [name for name, variable in displays.items() if os.environ.get(variable)]


def missing_qt_libraries(plugin: str = "xcb") -> list[tuple[str, str]]:
    """(library, Debian package) for each system library that a platform plugin of Qt lacks."""
    if sys.platform != "linux":
        return []
    needed = LIBRARIES.get(plugin, _GUI)
    return [(library, package) for library, package in needed.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def qt_sentence() -> str | None:
    """Why no window can be opened here, and what to do; None when nothing stands against it."""
    if sys.platform != "linux":
        return None
    platforms = qt_platforms()
    if not platforms:
        return (
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); "
            "`playground train` works without one"
        )
    lacking = {plugin: missing_qt_libraries(plugin) for plugin in platforms}
    usable = [plugin for plugin, missing in lacking.items() if not missing]
    if not usable:
        libraries, packages = zip(*lacking[platforms[-1]], strict=True)
        return (
            f"Qt lacks system libraries ({', '.join(libraries)}); on Debian and Ubuntu install "
            f"them with: sudo apt install {' '.join(dict.fromkeys(packages))}"
        )
    if usable == ["xcb"] and not _x_server_answers():
        return f"the display {os.environ.get('DISPLAY')} does not answer"
    return None


def _x_server_answers() -> bool:
    """Whether an X server accepts a connection; Qt would abort the process where it does not."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def findings() -> list[tuple[str, str]]:
    """What `playground doctor` prints: (name, finding) in the order of interest."""
    versions = [(name, _version(name)) for name in DISTRIBUTIONS]
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    return [
        ("Python", f"{platform.python_version()} on {system}"),
        *versions,
        *_computing(),
        ("Device", "CPU (this version does not compute on a GPU)"),
        ("Window", qt_sentence() or f"can open ({', '.join(qt_platforms()) or sys.platform})"),
    ]


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _computing() -> list[tuple[str, str]]:
    try:
        from playground.engine import machine
    except ImportError as error:
        return [("Kernels", f"cannot be compiled: {error}")]
    return [
        ("Processor", machine.processor()),
        ("Cores", str(machine.cores())),
        ("Threading layer", "none is needed: threads of Python's run kernels that hold no lock"),
        ("Kernel cache", _kernel_cache()),
    ]


def _kernel_cache() -> str:
    folder = cache.prepare()
    if folder is None:
        return f"{cache.folder()} cannot be written: kernels are compiled anew at every start"
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    state = "complete" if cache.is_complete() else "not complete: the next start compiles"
    return f"{folder} ({size / 1e6:.1f} MB, {state})"
