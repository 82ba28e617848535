"""Projects that an earlier version made (see `old_projects/make.py`): their strips are known, and remade alike."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path
from typing import Any, NamedTuple

import bpy
import numpy as np
import pytest

from tests.helpers.blender.strips import files, part


class Project(NamedTuple):
    """An archive: the Blender that made it, the kind of each strip, what some are made from, and those that mask."""

    version: tuple[int, int]
    kinds: dict[str, str]
    sources: dict[str, str]
    masks: set[str] = set()


PROJECTS = {
    "pictures": Project(
        (4, 2),
        {
            "Marble": "texture",
            "Ink bleed matte": "matte",
            "Keyer mask": "footage_mask",
            "Painted looks: Oil painting": "restyle",
            "Smoke matte": "matte",
            "Smoke glow": "matte",
            "Fire: Ag": "text_effect",
        },
        {"Keyer mask": "masked", "Painted looks: Oil painting": "restyled", "Fire: Ag": "Title"},
        {"Ink bleed matte", "Keyer mask", "Smoke matte"},
    ),
    "sounds": Project(
        (4, 5),
        {"Impact": "sound", "Epic score, bass": "music", "Fire: Ag": "text_effect"},
        {"Fire: Ag": "Title"},
    ),
}


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest, scene: Any, tmp_path: Path) -> Project:
    """A copy of each project that this Blender can open, opened."""
    name, found = request.param, PROJECTS[request.param]
    if bpy.app.version[:2] < found.version:
        pytest.skip(f"Blender {bpy.app.version_string} is older than this project")
    archive = Path(__file__).parent / "old_projects" / f"{name}.tar.xz"
    shutil.unpack_archive(archive, tmp_path / "old", filter="data")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "old" / f"{name}.blend"))
    return found


def strips() -> list[Any]:
    return list(part("operators.blender.timeline.strips").latent(bpy.context.scene))


def problems() -> dict[str, str]:
    """What is wrong with each strip by name, "" where it is up to date."""
    problem = part("operators.blender.timeline.state").problem
    return {strip.name: problem(bpy.context.scene, strip) for strip in strips()}


def same_text_rules(project: Project) -> bool:
    """Whether this Blender sets text by the rules of the one that made the project. If not, titles are made again."""
    return part("operators.blender.compat").text_rules() == 10 * project.version[0] + project.version[1]


def content(path: Path) -> np.ndarray:
    """The samples of a sound file as parts of its peak, or the pixels of a picture, `[N,4]` in 0…1."""
    if path.suffix == ".wav":
        with wave.open(str(path)) as file:
            data = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
        samples = np.pad(data, ((0, 0), (1, 0))).view("<i4").ravel() / 2**31
        return samples / np.abs(samples).max()
    image = bpy.data.images.load(str(path), check_existing=False)
    pixels = np.array(image.pixels[:], np.float32).reshape(-1, 4)
    bpy.data.images.remove(image)
    return pixels


def check_alike(now: np.ndarray, then: np.ndarray) -> None:
    """Another processor may round otherwise: by a step of a picture's 8 bits, or a thousandth of a sound's peak."""
    assert now.shape == then.shape
    apart = np.abs(now - then)
    if now.ndim == 1:
        assert apart.max() <= 1e-3
    else:
        apart[:, :3] *= then[:, 3:]  # a color counts as far as it is seen
        assert apart.max() <= 1.001 / 255


def test_every_strip_is_found_and_up_to_date(project: Project) -> None:
    kind_of, in_use = part("operators.blender.timeline.state").kind_of, part("operators.blender.mattes.masks").in_use
    assert {strip.name: kind_of(strip) for strip in strips()} == project.kinds
    assert in_use(bpy.context.scene) == project.masks
    found = problems()
    if not same_text_rules(project):
        del found["Fire: Ag"]
    assert set(found.values()) == {""}, found


def test_strips_are_found_by_their_identity_and_find_what_they_are_made_from(project: Project) -> None:
    find = part("operators.blender.timeline.strips").find
    text_of = part("operators.blender.timeline.text_strips").source
    footage_of = part("operators.blender.footage.describe").source_of
    assert [find(strip["latent_id"])[1].name for strip in strips()] == [strip.name for strip in strips()]
    found = {strip.name: text_of(strip) or footage_of(bpy.context.scene, strip) for strip in strips()}
    assert {name: source.name for name, source in found.items() if source} == project.sources


def test_every_file_is_what_was_made(project: Project) -> None:
    for strip in strips():
        job = part("operators.blender.jobs.make").verify(bpy.context.scene, strip)
        assert (job.title, job.missing, job.changed) == (strip.name, (), ())
    if same_text_rules(project):
        assert bpy.ops.latent_strips.verify(scope="ALL") == {"FINISHED"}


def test_files_that_were_lost_are_made_again_as_they_were(project: Project, tmp_path: Path) -> None:
    before = {strip.name: {path.name: content(path) for path in files(strip)} for strip in strips()}
    shutil.rmtree(tmp_path / "old" / "latent_strips")
    bpy.ops.wm.revert_mainfile()
    assert all("missing" in text or text == "Settings have changed" for text in problems().values())
    assert bpy.ops.latent_strips.regenerate(scope="ALL") == {"FINISHED"}
    assert set(problems().values()) == {""}
    assert bpy.ops.latent_strips.verify(scope="ALL") == {"FINISHED"}
    for strip in strips():
        now, then = {path.name: content(path) for path in files(strip)}, before.pop(strip.name)
        assert list(now) == list(then)
        for name in now:
            check_alike(now[name], then[name])
    assert not before
