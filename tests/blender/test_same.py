"""Every kind of result gives the same files through every door, in one go or in pieces."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import MODULE, active, add, add_live, digests, part, tick_until
from tests.helpers.tiny_network import network

SETTINGS = {"style": "rust", "style_b": "gold", "mix": 0.5, "seed": 11, "length": 5, "drift_x": 0.25}


@dataclass(frozen=True)
class Door:
    """How one kind of strip is asked for: the operator, the function of the api, and the settings of both.

    `of` is the strip that it is made from, which is selected for the operator and given to the function.
    """

    operator: str
    function: str
    settings: dict[str, Any]
    of: str = ""
    sound: bool = False
    model: tuple[int, ...] = ()


DOORS = {
    "texture": Door("texture_add", "texture", SETTINGS),
    "matte": Door("matte_add", "matte", {"style": "ink", "coverage": 0.4, "seed": 2, "length": 3}),
    "footage_mask": Door("mask_add", "mask", {"style": "bright", "feather": 1.0, "seed": 1}, of="Shot"),
    "restyle": Door("restyle_add", "restyle", {"style": "ink", "amount": 0.75}, of="Shot"),
    "text_effect": Door("text_style", "style_text", {"style": "gold", "outline": 0.5, "seed": 4}, of="Words"),
    "sound": Door("sound_add", "sound", {"style": "rain", "pitch": 2.0, "seed": 3, "length": 24}, sound=True),
    "music": Door("music_add", "music", {"mood": "calm", "seed": 5, "length": 96}, sound=True),
    "image": Door("image_add", "image", {"seed": 6, "length": 3, "truncation": 0.5}, model=(1, 3, 8, 8)),
    "clip": Door("clip_add", "clip", {"seed": 7, "length": 12}, model=(1, 1, 4096), sound=True),
}


def film(tmp_path: Path, extension: ModuleType) -> None:
    """A saved film with what masks, restyled strips and overlays are made from."""
    scene = bpy.context.scene
    extension.texture(scene, style="slate", length=3, start=1, channel=1).name = "Shot"
    text = part("operators.blender.compat").new_text(scene, "Words", 3, 1, 3)
    text.text, text.font_size = "Hi", 20
    bpy.ops.wm.save_mainfile()


def outcome(made_by: str) -> tuple[Any, list[str]]:
    """The recipe and the digests of the files of the one strip of a kind that was added."""
    compat = part("operators.blender.compat")
    found = [s for s in part("operators.blender.timeline.strips").latent(bpy.context.scene) if s.name != "Shot"]
    (strip,) = found
    assert compat.length(strip) > 0
    assert all(digests(strip))
    recipe = json.loads(strip["latent_recipe"])
    assert recipe["kind"] == made_by
    return recipe, digests(strip)


def select(name: str) -> None:
    scene = bpy.context.scene
    for strip in part("operators.blender.compat").all_strips(scene):
        strip.select = strip.name == name
        if strip.select:
            scene.sequence_editor.active_strip = strip


def by_click(door: Door) -> None:
    """What a button calls; in the background it runs to its end, as a click's job does by the timer."""
    if door.of:
        select(door.of)
    operator = getattr(bpy.ops.latent_strips, door.operator)
    assert operator("EXEC_DEFAULT", **door.settings) == {"FINISHED"}


def by_api(door: Door) -> None:
    words = (door.of,) if door.of else ()
    getattr(sys.modules[MODULE], door.function)(*words, **door.settings)


def by_live(door: Door) -> None:
    """As a click does: the strip is there at once, and a timer follows the worker."""
    words = (door.of,) if door.of else ()
    getattr(sys.modules[MODULE], door.function)(*words, **door.settings, wait=False)
    live = part("operators.blender.jobs.live")
    tick_until(lambda: not live.queue.unfinished())


def command(door: Door) -> list[str]:
    words = [door.operator.removesuffix("_add").replace("_", "-")]
    for name, value in door.settings.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return words + (["--select", door.of] if door.of else [])


def by_command(door: Door) -> None:
    assert part("operators.blender.cli.main").main(command(door)) == 0


def by_another_blender(door: Door) -> None:
    """`blender -b film.blend --python script.py`: the bpy module in another process stands in for a `blender`."""
    words = f"{door.of!r}, " if door.of else ""
    script = Path(bpy.data.filepath).with_name("script.py")
    script.write_text(
        "import sys, bpy, addon_utils\n"
        f"addon_utils.enable({MODULE!r}, default_set=True)\n"
        f"bpy.context.preferences.addons[{MODULE!r}].preferences.folder = sys.argv[2]\n"
        "bpy.ops.wm.open_mainfile(filepath=sys.argv[1])\n"
        f"from {MODULE.rpartition('.')[0]} import latent_strips\n"
        f"latent_strips.{door.function}({words}**{door.settings!r})\n"
        "bpy.ops.wm.save_mainfile()\n"
    )
    folder = bpy.context.preferences.addons[MODULE].preferences.folder
    told = [sys.executable, str(script), bpy.data.filepath, folder]
    done = subprocess.run(told, env=dict(os.environ), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)


OTHERS: dict[str, Callable[[Door], None]] = {"live": by_live, "api": by_api, "command": by_command}


@pytest.mark.parametrize("name", DOORS)
def test_every_door_gives_the_same(
    name: str, extension: ModuleType, scene: Any, preferences: Any, library: Path, tmp_path: Path
) -> None:
    check_same(name, OTHERS, extension, preferences, tmp_path)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name == "texture" else pytest.mark.one_blender) for name in DOORS]
)
def test_another_blender_gives_the_same(
    name: str, extension: ModuleType, scene: Any, preferences: Any, library: Path, tmp_path: Path
) -> None:
    check_same(name, {"another": by_another_blender}, extension, preferences, tmp_path)


def check_same(
    name: str, doors: dict[str, Callable[[Door], None]], extension: ModuleType, preferences: Any, tmp_path: Path
) -> None:
    """Compare what comes out of some doors with what a click makes."""
    door = DOORS[name]
    if door.sound and not bpy.app.build_options.audaspace:
        pytest.skip("this Blender was built without audio")
    if door.model:
        (tmp_path / "tiny.onnx").write_bytes(network(name="audio" if door.sound else "image", shape=door.model))
        extension.import_generator(tmp_path / "tiny.onnx")
    film(tmp_path, extension)
    another_folder(preferences, tmp_path / "frames-click")
    by_click(door)
    made = outcome(name)
    for other, enter in doors.items():
        bpy.ops.wm.revert_mainfile()
        another_folder(preferences, tmp_path / f"frames-{other}")  # where none of these frames can be found
        enter(door)
        assert outcome(name) == made, other
        folders = list((tmp_path / f"frames-{other}").glob("*/"))
        assert len(folders) == 1, other


@pytest.mark.one_blender
def test_every_kind_has_its_doors(extension: ModuleType) -> None:
    assert {*DOORS} == {*part("models.kinds").kinds()}


@pytest.fixture
def made(scene: Any) -> list[str]:
    """What a script gets."""
    strip = add(**SETTINGS)
    assert all(digests(strip))
    return digests(strip)


def another_folder(preferences: Any, path: Path) -> None:
    """Make the next frames where there are none to be found."""
    preferences.folder = str(path)


@pytest.mark.one_blender
def test_frames_made_one_by_one_by_others_are_the_same(made: list[str], tmp_path: Path) -> None:
    # As on a farm: another process each time, other frames first.
    recipe, client = json.loads(active()["latent_recipe"]), part("models.worker.client")
    for only in ([4], [1, 0], [2, 3]):
        worker = client.Client()
        worker.send("make", "piece", recipe=recipe, root=str(tmp_path / "farm"), only=only)
        list(worker.wait("piece"))
        worker.close()
    pictures = sorted((tmp_path / "farm").glob("*/*.png"))
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures] == made


@pytest.mark.one_blender
def test_two_blenders_on_one_folder_make_each_frame_whole(scene: Any, preferences: Any, tmp_path: Path) -> None:
    another_folder(preferences, tmp_path / "shared")
    job = add_live(length=30)
    request = {"do": "make", "job": "other", "recipe": json.loads(active()["latent_recipe"]), "root": str(job.root)}
    environment = part("models.processes").environment()
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "models.worker"]
    with subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin
        assert other.stdout
        other.stdin.write(json.dumps(request) + "\n")
        other.stdin.flush()
        tick_until(lambda: not job.unfinished)
        for line in other.stdout:
            event = json.loads(line)
            assert event["say"] != "error"
            if event["say"] == "done":
                break
        other.stdin.close()
    assert job.state == "done"
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}
    assert list(Path(active_folder()).glob(".*")) == []


def active_folder() -> str:
    """Where the active strip's frames are."""
    return bpy.path.abspath(active().directory)
