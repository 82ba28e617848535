"""A Blender of its own: the extension enabled in an empty user folder, no file of the user's read or written."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = "bl_ext.user_default.latent_strips"

# Blender reads this when it is imported, and so before anything else here.
RESOURCES = tempfile.TemporaryDirectory(prefix="latent-strips-test-")
os.environ["BLENDER_USER_RESOURCES"] = RESOURCES.name
_extensions = Path(RESOURCES.name, "extensions", "user_default")
_extensions.mkdir(parents=True)
(_extensions / "latent_strips").symlink_to(ROOT, target_is_directory=True)

import bpy  # noqa: E402, I001
import addon_utils  # noqa: E402 - is found only after bpy was imported


@pytest.fixture(scope="session")
def extension() -> Iterator[ModuleType]:
    """The extension, enabled as Blender enables it."""
    assert addon_utils.enable(MODULE, default_set=True)
    yield sys.modules[MODULE]
    addon_utils.disable(MODULE, default_set=True)


@pytest.fixture
def scene(extension: ModuleType, tmp_path: Path) -> Any:
    """The scene of a new file of 64×48 px that is saved as `tmp_path/film.blend`."""
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 64, 48
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return bpy.context.scene


@pytest.fixture
def preferences(scene: Any) -> Iterator[Any]:
    """The extension's preferences, put back afterwards."""
    chosen = bpy.context.preferences.addons[MODULE].preferences
    yield chosen
    for name in ("folder", "cap", "threads", "provider", "memory", "patience", "quick_look"):
        chosen.property_unset(name)


@pytest.fixture
def library(scene: Any) -> Iterator[Path]:
    """The user's folder of generators, empty before and after."""
    folder: Path = sys.modules[f"{MODULE}.operators.blender.preferences"].user_folder("generators")
    yield folder
    sys.modules[f"{MODULE}.operators.blender.jobs.live"].stop()
    for path in folder.iterdir():
        path.unlink()
