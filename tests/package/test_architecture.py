"""Imports run one way, panels → operators → api → operators/blender → models; what is heavy or risky stays in place.

The imports are read from the source, so the rules hold for those inside functions and under TYPE_CHECKING too. Each
rule is one test that reports every file that breaks it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    path.relative_to(ROOT)
    for pattern in ("__init__.py", "api/**/*.py", "models/**/*.py", "operators/**/*.py", "panels/**/*.py")
    for path in ROOT.glob(pattern)
)
SHIPPED = [path for path in MODULES if "training" not in path.parts]
#: As many files as a reader takes in at a glance.
SIDE_BY_SIDE = 12
BLENDER = {
    "_bpy", "addon_utils", "aud", "bl_ext", "bl_ui", "blf", "bmesh", "bpy", "bpy_extras", "gpu", "idprop", "imbuf",
}  # fmt: skip
NETWORK = {"ftplib", "http", "requests", "smtplib", "socket", "socketserver", "ssl", "urllib", "urllib3", "xmlrpc"}
UNSAFE_MODULES = {"cPickle", "dill", "joblib", "marshal", "pickle", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__"}
#: Who may import what weighs much.
IMPORTERS = {
    "onnxruntime": {"models/inference/session.py"},
    "av": {
        "models/audio_analysis/mix.py",
        "models/footage/container.py",
        "models/footage/movie.py",
        "models/footage/still.py",
        "models/imaging/small.py",
        "models/sound/loudness.py",
    },
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"), str(path))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return what a file imports: `numpy.linalg` as it is, relative ones from the root as `./models.recipe`."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append(str(node.module))
        elif isinstance(node, ast.ImportFrom):
            above = len(path.parent.parts) - (node.level - 1)
            assert above >= 0, f"{path}:{node.lineno} imports from above the extension"
            base = [*path.parent.parts[:above], *(node.module.split(".") if node.module else [])]
            found += ("./" + ".".join([*base, alias.name]) for alias in node.names)
    return tuple(found)


def tops(path: Path) -> set[str]:
    """Return the first part of all that a file imports: `numpy`, `./models`."""
    return {
        name.split(".")[0] if not name.startswith("./") else "./" + name[2:].split(".")[0] for name in imports(path)
    }


def module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix("__init__").rstrip(".")


def breaking(paths: Iterable[Path], wrong: Callable[[Path], Iterable[str]]) -> list[str]:
    """Return a line for each file in which something is wrong."""
    return [f"{path}: {', '.join(sorted(found))}" for path in paths if (found := set(wrong(path)))]


def inside(top: str, paths: Iterable[Path] = SHIPPED) -> list[Path]:
    found = [path for path in paths if path.parts[0] == top]
    assert found, f"nothing is read in {top}"
    return found


def ours(path: Path) -> set[str]:
    return {top for top in tops(path) if top.startswith("./")}


def test_models_know_no_blender_and_nothing_above() -> None:
    assert breaking(inside("models", MODULES), lambda path: tops(path) & BLENDER | ours(path) - {"./models"}) == []


def test_operators_know_the_api_and_what_they_share_with_it() -> None:
    shared = [path for path in inside("operators") if path.parts[1] == "blender"]
    assert breaking(shared, lambda path: ours(path) - {"./models", "./operators"}) == []
    above = [path for path in inside("operators") if path not in shared]
    assert breaking(above, lambda path: ours(path) - {"./api", "./models", "./operators"}) == []


def test_the_api_and_what_it_calls_know_no_operator() -> None:
    # An operator is what Blender registers; the package's own file is empty, so that the api can import what is in it.
    def operators(path: Path) -> Iterator[str]:
        for name in imports(path):
            if name.startswith("./operators") and not name.startswith("./operators.blender"):
                yield name

    shared = [path for path in inside("operators") if path.parts[1] == "blender"]
    assert breaking([*inside("api"), *shared], operators) == []
    assert breaking(inside("api"), lambda path: ours(path) - {"./api", "./models", "./operators"}) == []
    assert imports(Path("operators/__init__.py")) == ()


def test_panels_know_operators_and_models_only() -> None:
    assert breaking(inside("panels"), lambda path: ours(path) - {"./api", "./models", "./operators", "./panels"}) == []


def test_own_modules_are_imported_relatively() -> None:
    # In Blender the extension is bl_ext.<repository>.latent_strips: an absolute `models` isn't there.
    assert breaking(SHIPPED, lambda path: tops(path) & {"api", "models", "operators", "panels", "latent_strips"}) == []


def test_what_ships_never_imports_training() -> None:
    assert breaking(SHIPPED, lambda path: (name for name in imports(path) if "training" in name.split("."))) == []
    assert breaking(SHIPPED, lambda path: tops(path) & {"torch", "onnx", "PIL", "scipy", "cv2"}) == []


def test_heavy_libraries_have_few_importers() -> None:
    for library, allowed in IMPORTERS.items():
        importers = {path.as_posix() for path in SHIPPED if library in tops(path)}
        assert importers == allowed, library


def test_whatever_imports_onnxruntime_turns_its_telemetry_off_first() -> None:
    # `tests/models/test_offline.py` holds it for these two, of which the second is a package: whatever lies in it.
    scripts = [path.relative_to(ROOT) for folder in ("docs", ".ci") for path in (ROOT / folder).glob("*.py")]
    importers = {path for path in (*MODULES, *scripts) if "onnxruntime" in tops(path)}
    others = {path for path in importers if Path("models/training") not in path.parents}
    assert others == {Path("models/inference/session.py")}
    assert len(importers) > len(others)


def test_nothing_reaches_the_network_or_runs_data() -> None:
    def risky(path: Path) -> Iterator[str]:
        yield from tops(path) & (NETWORK | UNSAFE_MODULES)
        calls = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
        yield from {call.id for call in calls if isinstance(call, ast.Name)} & UNSAFE_CALLS

    assert breaking(SHIPPED, risky) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {module(path) for path in MODULES}

    def imported(path: Path) -> set[str]:
        """Modules, of which a name may be one or an attribute of one."""
        found = {name[2:] for name in imports(path) if name.startswith("./")}
        return {name if name in names else name.rpartition(".")[0] for name in found} - {module(path)}

    try:
        TopologicalSorter({module(path): imported(path) for path in MODULES}).prepare()
    except CycleError as error:
        raise AssertionError(f"These import each other: {' → '.join(error.args[1])}") from None


def test_a_room_holds_what_one_takes_in_at_a_glance() -> None:
    for room in (Path("models"), Path("operators/blender")):
        files = [path.name for path in MODULES if path.parent == room]
        assert len(files) <= SIDE_BY_SIDE, f"{room}: {', '.join(files)}"


def test_every_package_says_what_lives_there() -> None:
    packages = [path for path in MODULES if path.name == "__init__.py"]
    assert breaking(packages, lambda path: [] if ast.get_docstring(tree(path)) else ["no docstring"]) == []
    folders = {path.parent for path in MODULES}
    assert folders == {path.parent for path in packages}


def test_the_root_imports_nothing_of_blender_until_registered() -> None:
    # pytest and the worker import the root without Blender.
    module_level = [node for node in tree(Path("__init__.py")).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {ast.unparse(node) for node in module_level}
    assert names == {
        "from __future__ import annotations", "from importlib import import_module", "from typing import Any",
    }  # fmt: skip


def test_tests_share_helpers_and_nothing_else() -> None:
    # Whatever two tests need lies in `tests/helpers`, so that any test can be moved, cut or run alone.
    def shared(path: Path) -> list[str]:
        names = (name for name in imports(path) if name.split(".")[0] == "tests")
        return [name for name in names if not name.startswith("tests.helpers")]

    tests = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py")]
    assert breaking(tests, shared) == []
