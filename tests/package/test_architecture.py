"""Imports run one way, panels → operators → models, and the heavy or risky ones stay in their place.

The imports are read from the source, so the rules hold for those inside functions too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(
    path.relative_to(ROOT)
    for pattern in ("__init__.py", "models/**/*.py", "operators/**/*.py", "panels/**/*.py")
    for path in ROOT.glob(pattern)
    if "training" not in path.parts
)
MODELS = sorted(path.relative_to(ROOT) for path in ROOT.glob("models/**/*.py"))
BLENDER = {
    "_bpy",
    "addon_utils",
    "aud",
    "bl_ext",
    "bl_ui",
    "blf",
    "bmesh",
    "bpy",
    "bpy_extras",
    "gpu",
    "idprop",
    "imbuf",
}
NETWORK = {"ftplib", "http", "requests", "smtplib", "socket", "socketserver", "ssl", "urllib", "urllib3", "xmlrpc"}
UNSAFE_MODULES = {"cPickle", "dill", "joblib", "marshal", "pickle", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"), str(path))


def imports(path: Path) -> Iterator[str]:
    """Yield what a file imports: `numpy.linalg` as it is, relative ones from the root as `./models.recipe`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module)
        elif isinstance(node, ast.ImportFrom):
            above = len(path.parent.parts) - (node.level - 1)
            assert above >= 0, f"{path}:{node.lineno} imports from above the extension"
            base = [*path.parent.parts[:above], *(node.module.split(".") if node.module else [])]
            yield from ("./" + ".".join([*base, alias.name]) for alias in node.names)


def tops(path: Path) -> set[str]:
    """Return the first part of all that a file imports: `numpy`, `./models`."""
    return {
        name.split(".")[0] if not name.startswith("./") else "./" + name[2:].split(".")[0] for name in imports(path)
    }


def name_of(path: Path) -> str:
    return path.as_posix()


every_shipped = pytest.mark.parametrize("path", SHIPPED, ids=name_of)


def test_there_is_something_to_read() -> None:
    assert {path.parts[0] for path in SHIPPED} == {"__init__.py", "models", "operators", "panels"}


@pytest.mark.parametrize("path", MODELS, ids=name_of)
def test_models_know_no_blender_and_nothing_above(path: Path) -> None:
    assert tops(path).isdisjoint(BLENDER)
    assert {top for top in tops(path) if top.startswith("./")} <= {"./models"}


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.parts[0] == "operators"], ids=name_of)
def test_operators_know_models_only(path: Path) -> None:
    assert {top for top in tops(path) if top.startswith("./")} <= {"./models", "./operators"}


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.parts[0] == "panels"], ids=name_of)
def test_panels_know_operators_and_models_only(path: Path) -> None:
    assert {top for top in tops(path) if top.startswith("./")} <= {"./models", "./operators", "./panels"}


@every_shipped
def test_own_modules_are_imported_relatively(path: Path) -> None:
    # In Blender the extension is bl_ext.<repository>.latent_strips: an absolute `models` isn't there.
    assert tops(path).isdisjoint({"models", "operators", "panels", "latent_strips"})


@every_shipped
def test_what_ships_never_imports_training(path: Path) -> None:
    assert not [name for name in imports(path) if "training" in name.split(".")]
    assert tops(path).isdisjoint({"torch", "onnx", "PIL", "scipy", "cv2"})


@every_shipped
def test_each_library_has_one_importer(path: Path) -> None:
    if path != Path("models/inference/session.py"):
        assert "onnxruntime" not in tops(path)
    # One writes and reads single files, the others go through movies and through sounds.
    readers = (Path("models/imaging/png.py"), Path("models/footage/movie.py"), Path("models/audio_analysis/mix.py"))
    if path not in readers and path.parts[:2] != ("models", "media"):
        assert "av" not in tops(path)


@every_shipped
def test_nothing_reaches_the_network_or_runs_data(path: Path) -> None:
    assert tops(path).isdisjoint(NETWORK | UNSAFE_MODULES)
    calls = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    assert {call.id for call in calls if isinstance(call, ast.Name)}.isdisjoint(UNSAFE_CALLS)


def test_the_root_imports_nothing_of_blender_until_registered() -> None:
    # pytest and the worker import the root without Blender.
    module_level = [node for node in tree(Path("__init__.py")).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [
        ast.unparse(node) for node in module_level if ast.unparse(node) != "from __future__ import annotations"
    ] == []
