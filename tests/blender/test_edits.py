"""An edit never changes a picture: a table of edits × kinds of strips, and random sequences of edits.

What an edit shows is Blender's affair; then nothing may be stale, a render must find nothing to make, and *Regenerate*
must leave every picture, handle, channel and keyframe as it was.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.blender import editing, panels
from tests.helpers.blender.strips import digests, files, part, run

START, LENGTH = 11, 12


def _api() -> Any:
    return part("api")


def _texture(**given: Any) -> Any:
    return _api().texture(
        **{
            "generator": "latent_materials",
            "style": "slate",
            "start": START,
            "length": LENGTH,
            "width": 32,
            "height": 24,
            **given,
        }
    )


def plain() -> None:
    _texture(loop=False)


def looping() -> None:
    _texture(loop=True)


def keyed() -> None:
    strip = _texture(loop=False, style_b="rust")
    strip.key("mix", {START: 0.0, START + LENGTH - 1: 1.0})
    strip.regenerate()


def transition() -> None:
    a, b = _texture(loop=False), _texture(loop=False, style="rust", start=START + 6)
    _api().transition(a, b, style="ink")


def mask() -> None:
    _api().mask(_texture(loop=False), style="bright")


def restyle() -> None:
    _api().restyle(_texture(loop=False), style="ink")


def overlay() -> None:
    scene = bpy.context.scene
    compat = part("operators.blender.compat")
    text = compat.new_text(scene, "Title", 1, START, LENGTH)
    text.text, text.font_size = "Ab", 16
    for strip in compat.all_strips(scene):
        strip.select = strip.name == "Title"
    bpy.ops.latent_strips.text_style(style="neon", appear="fade", vanish="fade")


def sound() -> None:
    _api().sound(start=START, length=LENGTH)


def score() -> None:
    _api().music(start=START, length=96)


KINDS = [plain, keyed, looping, transition, mask, restyle, overlay, sound, score]
EDITS = [
    editing.split_soft, editing.split_hard, editing.trim, editing.move, editing.duplicate, editing.paste,
    editing.meta, editing.unmeta, editing.mute, editing.lift, editing.retime, editing.rename,
]  # fmt: skip


def name(function: Callable[..., None]) -> str:
    return function.__name__


def build(kind: Callable[[], None]) -> Any:
    """Add strips of a kind to the current scene."""
    if kind in (sound, score) and not part("operators.blender.timeline.sound_strips").can_play():
        pytest.skip("this Blender has no audio library")
    kind()
    return bpy.context.scene


def shown(scene: Any) -> dict[int, list[tuple[str, Any]]]:
    """At each scene frame, the files that Blender shows of all strips, by their hash; of sounds the moment, too."""
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    found = defaultdict(list)
    for strip in strips.latent(scene):
        hashes = dict(zip([path.name for path in files(strip)], digests(strip), strict=True))
        for frame in range(compat.left(strip), compat.right(strip)):
            if strip.type == "SOUND":
                found[frame].append((*hashes.values(), frame - compat.sound_start(strip)))
            else:
                element = strip.strip_elem_from_frame(frame)
                found[frame].append((hashes[element.filename] if element else "", 0))
    return {frame: sorted(each) for frame, each in sorted(found.items())}


def places(scene: Any) -> list[Any]:
    """Where each strip lies, and its keyframes."""
    compat = part("operators.blender.compat")
    lie = [(s.name, s.channel, compat.left(s), compat.right(s), s.mute) for s in compat.all_strips(scene)]
    keys = [(c.data_path, [tuple(p.co) for p in c.keyframe_points]) for c in compat.all_fcurves(scene)]
    return [sorted(lie), sorted(keys)]


def pending(scene: Any) -> list[str]:
    return [strip.name for _, strip in part("operators.blender.jobs.pending").of(scene.name)[0]]


def check_kept(scene: Any) -> None:
    """Nothing is to be made, and Regenerate changes nothing."""
    before, lie = shown(scene), places(scene)
    assert all(hash for each in before.values() for hash, _ in each)
    assert pending(scene) == []
    bpy.ops.latent_strips.regenerate(scope="ALL")
    assert shown(scene) == before
    assert places(scene) == lie
    assert pending(scene) == []


@pytest.fixture(scope="module")
def built() -> dict[str, Path]:
    """Folders of films with a kind of strip, each made once: an edit gets a copy."""
    return {}


@pytest.mark.parametrize("edit", EDITS, ids=name)
@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_an_edit_changes_no_picture(
    scene: Any, kind: Callable[[], None], edit: Callable[[Any], None], built: dict[str, Path], tmp_path: Path
) -> None:
    if name(kind) in built:
        shutil.copytree(built[name(kind)], tmp_path, dirs_exist_ok=True)
        bpy.ops.wm.revert_mainfile()
    else:
        build(kind)
        bpy.ops.wm.save_mainfile()
        built[name(kind)] = tmp_path.with_name(f"{tmp_path.name} built")
        shutil.copytree(tmp_path, built[name(kind)])
    scene = bpy.context.scene
    before = shown(scene)
    edit(scene)
    if edit in (editing.split_soft, editing.split_hard, editing.meta, editing.unmeta, editing.mute, editing.lift):
        assert shown(scene) == before
    check_kept(scene)


@pytest.mark.parametrize("kind", [keyed, looping, restyle, overlay], ids=name)
def test_a_setting_of_one_half_changes_that_half_alone(scene: Any, kind: Callable[[], None]) -> None:
    scene = build(kind)
    strips, compat = part("operators.blender.timeline.strips"), part("operators.blender.compat")
    editing.split_hard(scene)
    made = sorted(strips.latent(scene), key=lambda strip: (compat.left(strip), strip.channel))
    before, lie = shown(scene), places(scene)
    chosen = made[-1]
    chosen.latent_seed, chosen.latent_amount = 77, 0.5
    scene.sequence_editor.active_strip = chosen
    edge = compat.left(chosen)
    bpy.ops.latent_strips.regenerate()
    after = shown(scene)
    assert [after[frame] for frame in after if frame < edge] == [before[frame] for frame in before if frame < edge]
    assert [after[frame] for frame in after if frame >= edge] != [before[frame] for frame in before if frame >= edge]
    assert places(scene) == lie


@pytest.mark.parametrize("kind", [plain, keyed], ids=name)
def test_what_is_drawn_out_goes_on_in_both_directions(scene: Any, kind: Callable[[], None]) -> None:
    scene = build(kind)
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    (strip,) = strips.latent(scene)
    before, keys = shown(scene), places(scene)[1]
    neighbor = compat.strips(scene).new_image("Before", files(strip)[0].as_posix(), strip.channel, START - 4)
    at = strip.channel
    editing.color(scene, "Logo", at + 1, START - 10, 60)
    compat.set_left(strip, START - 3)
    compat.set_right(strip, START + LENGTH + 4)
    bpy.ops.latent_strips.regenerate(scope="ALL")
    (strip,) = strips.latent(scene)
    after = shown(scene)
    assert {frame: after[frame] for frame in before} == before
    assert (compat.left(strip), compat.right(strip)) == (START - 3, START + LENGTH + 4)
    assert strip.channel == neighbor.channel == at
    assert len(strip.elements) == LENGTH + 7
    assert places(scene)[1] == keys
    assert len({hash for ((hash, _),) in after.values()}) == LENGTH + 7
    check_kept(scene)


def test_a_text_that_was_moved_takes_its_overlay_along(scene: Any) -> None:
    scene = build(overlay)
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    before = shown(scene)
    (strip,) = strips.latent(scene)
    strip.latent_strength = 0.0  # its keys go along
    strip.keyframe_insert("latent_strength", frame=START + 2)
    strip.latent_strength = 1.5
    strip.keyframe_insert("latent_strength", frame=START + 8)
    bpy.ops.latent_strips.regenerate(scope="ALL")
    assert shown(scene) != before
    before = shown(scene)
    editing.begin(compat.named(scene, "Title"), START + 40)
    assert pending(scene) == []
    (strip,) = strips.latent(scene)
    assert part("operators.blender.timeline.state").problem(scene, strip) == "Its text was moved"
    bpy.ops.latent_strips.regenerate(scope="ALL")
    assert shown(scene) == {frame + 40: each for frame, each in before.items()}
    assert len(strips.latent(scene)) == 1
    check_kept(scene)


def test_a_copied_title_with_other_words_gets_its_own_overlay(scene: Any) -> None:
    scene = build(overlay)
    before = shown(scene)
    editing.duplicate(scene)
    copy = next(s for s in part("operators.blender.compat").all_strips(scene) if s.name == "Title.001")
    copy.text = "Cd"
    assert len(pending(scene)) == 1
    bpy.ops.latent_strips.regenerate(scope="ALL")
    after = shown(scene)
    assert {frame: after[frame] for frame in before} == before
    assert all(after[frame + editing.AWAY] != before[frame] for frame in before)
    check_kept(scene)
    editing.begin(copy, START + 200)
    bpy.ops.latent_strips.regenerate(scope="ALL")
    assert {frame: shown(scene)[frame] for frame in before} == before
    assert START + 200 in shown(scene)


def test_copies_of_a_title_know_their_own_overlay_wherever_they_are_moved(scene: Any) -> None:
    scene = build(overlay)
    compat, text_strips = part("operators.blender.compat"), part("operators.blender.timeline.text_strips")
    editing.duplicate(scene)
    first, second = (compat.named(scene, name) for name in ("Title", "Title.001"))
    matched, made = part("operators.blender.copies").matched, part("operators.blender.timeline.strips").latent(scene)
    assert matched([second, first], made) == matched([first, second], made)
    assert {
        compat.left(text) == compat.left(compat.named(scene, name))
        for name, text in matched([second, first], made).items()
    } == {True}
    second.text = "Cd"
    bpy.ops.latent_strips.regenerate(scope="ALL")
    own = {text.name: text_strips.overlay_of(scene, text).name for text in (first, second)}
    assert len(set(own.values())) == 2
    editing.begin(first, START + 3 * editing.AWAY)
    editing.begin(second, START)  # where the other one's overlay lies
    assert {text.name: text_strips.overlay_of(scene, text).name for text in (first, second)} == own
    bpy.ops.latent_strips.regenerate(scope="ALL")
    for text, name in own.items():
        assert compat.left(compat.named(scene, name)) == compat.left(compat.named(scene, text))
    check_kept(scene)


def test_what_was_done_to_an_overlay_alone_stays(scene: Any, capsys: Any) -> None:
    """However its text is edited or moved; and a render brings no overlay back to a text that was moved away."""
    scene = build(overlay)
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    (strip,) = strips.latent(scene)
    at = strip.transform.offset_x, strip.transform.offset_y
    editing.begin(strip, START + 5)
    compat.set_right(strip, START + 12)
    strip.transform.offset_x += 7
    strip.transform.scale_y, strip.transform.rotation, strip.use_flip_x = 2.0, 0.5, True
    lie = places(scene)
    check_kept(scene)
    compat.named(scene, "Title").text = "Cd"
    editing.render(scene, START + 6)
    (strip,) = strips.latent(scene)
    assert pending(scene) == []
    assert places(scene) == lie
    own = strip.transform.offset_x - at[0], strip.transform.scale_y, strip.transform.rotation, strip.use_flip_x
    assert own == (7.0, 2.0, 0.5, True)
    text = compat.named(scene, "Title")
    editing.begin(text, START + 30)
    text.transform.offset_x, text.text = 100, "Ef"
    lie = places(scene)
    capsys.readouterr()
    editing.render(scene, START + 6)
    (strip,) = strips.latent(scene)
    assert "is rendered where it lies, though its text was moved" in capsys.readouterr().out
    assert places(scene) == lie
    assert strip.transform.offset_x - at[0] == 7.0
    assert pending(scene) == []
    bpy.ops.latent_strips.regenerate(scope="ALL")
    (strip,) = strips.latent(scene)
    assert strip.transform.offset_x - at[0] == 107.0
    assert compat.left(strip) == START + 30
    check_kept(scene)


def test_a_sound_that_is_drawn_out_to_the_left_keeps_its_keys(scene: Any) -> None:
    scene = build(sound)
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    (strip,) = strips.latent(scene)
    for frame, value in ((START, 1.0), (START + 6, 1.5)):
        strip.latent_pitch = value
        strip.keyframe_insert("latent_pitch", frame=frame)
    bpy.ops.latent_strips.regenerate()
    keys = places(scene)[1]
    compat.set_left(strip, START - 4)
    bpy.ops.latent_strips.regenerate(scope="ALL")
    (strip,) = strips.latent(scene)
    assert compat.left(strip) == START - 4
    assert places(scene)[1] == keys
    assert len(part("operators.blender.timeline.recipes").stored(strip).tracks["pitch"]) == LENGTH + 4
    check_kept(scene)


def test_a_muted_curve_is_not_used(scene: Any) -> None:
    scene = build(keyed)
    compat = part("operators.blender.compat")
    (curve,) = compat.all_fcurves(scene)
    curve.mute = True
    (strip,) = part("operators.blender.timeline.strips").latent(scene)
    strip.latent_mix = 0.5
    recipes = part("operators.blender.timeline.recipes")
    assert recipes.current(scene, strip).tracks["mix"] == (0.5,)
    for frame in (1, 30):
        scene.frame_set(frame)
        assert recipes.current(scene, strip).tracks["mix"] == (0.5,)


@pytest.mark.parametrize("by", ["driver", "NLA"])
def test_what_cannot_be_followed_is_reported_and_never_stale(scene: Any, by: str, capsys: Any) -> None:
    scene = build(plain if by == "driver" else keyed)
    state, strips = part("operators.blender.timeline.state"), part("operators.blender.timeline.strips")
    (strip,) = part("operators.blender.timeline.strips").latent(scene)
    assert state.unfollowed(scene, strip) == ""
    if by == "driver":
        strip.latent_style_b = "rust"
        strip.driver_add("latent_mix").driver.expression = "frame / 40"
        bpy.ops.latent_strips.regenerate()
    else:
        animation = scene.animation_data
        action, slot = animation.action, getattr(animation, "action_slot", None)
        piece = animation.nla_tracks.new().strips.new("Mix", 1, action)
        if slot:
            piece.action_slot = slot
        animation.action = None
    assert "Mix" in state.unfollowed(scene, strip)
    before = shown(scene)
    for frame in (1, START + 3, 40):
        scene.frame_set(frame)
        assert pending(scene) == []
        check_kept(scene)
    assert shown(scene) == before
    capsys.readouterr()
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}
    editing.render(scene, START)
    assert run(["verify"]) == 0
    assert capsys.readouterr().out.count("Mix: animated by") == 3
    assert any("Mix: animated by" in line for line in panels.draw())
    assert "Mix" in _api().verify(scene)[_api().Strip.of(strips.latent(scene)[0])].unfollowed


def test_a_driven_source_is_seen_from_frame_to_frame(scene: Any) -> None:
    scene = build(restyle)
    describe, compat = part("operators.blender.footage.describe"), part("operators.blender.compat")
    source = next(s for s in compat.all_strips(scene) if s.get("latent_footage_id"))
    told = describe.describe(scene, source, START, LENGTH)
    assert told.settings["medium"] == "pictures"
    source.transform.driver_add("offset_x").driver.expression = "frame * 2"
    driven = [describe.describe(scene, source, START, LENGTH) for _ in map(scene.frame_set, (1, 20))]
    assert driven[0] == driven[1]
    assert driven[0].settings["medium"] == "rendered"


def test_the_restyle_of_a_masked_strip_is_masked(scene: Any) -> None:
    strip = _texture(loop=False)
    _api().matte(onto=strip, style="ink", coverage=0.4, width=64, height=48)
    scene = bpy.context.scene
    compat = part("operators.blender.compat")
    styled = _api().restyle(strip, style="ink").blender
    source = compat.named(scene, strip.name)
    assert [m.input_mask_strip.name for m in styled.modifiers] == [m.input_mask_strip.name for m in source.modifiers]
    source.mute = True
    alpha = editing.render(scene, START + 2)[..., 3]
    assert 0.2 < float((alpha < 0.1).mean()) < 0.9


def test_a_render_shows_what_it_showed_before_the_cut(scene: Any) -> None:
    transition()
    overlay()
    scene = bpy.context.scene
    frames = (START + 3, START + 8, START + 14)
    before = [editing.render(scene, frame) for frame in frames]
    editing.split_hard(scene)
    assert pending(scene) == []
    for frame, picture in zip(frames, before, strict=True):
        assert np.array_equal(editing.render(scene, frame), picture)


def test_a_linked_scene_is_shown_and_never_made(scene: Any, tmp_path: Any) -> None:
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    (tmp_path / "lib").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "lib" / "lib.blend"))
    bpy.context.scene.name = "Titles"
    frames = [path.parent for path in _texture(loop=False, length=3).files]
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    bpy.context.scene.name = "Titles"
    with bpy.data.libraries.load(str(tmp_path / "lib" / "lib.blend"), link=True) as (_, wanted):
        wanted.scenes = ["Titles"]
    linked = next(each for each in bpy.data.scenes if each.library)
    here = next(each for each in bpy.data.scenes if not each.library)
    (strip,) = strips.latent(linked)
    assert strips.directory(strip) == frames[0]
    assert strips.absent(strip) == []
    compat.strips(here).new_scene(name="S", scene=linked, channel=1, frame_start=1)
    assert pending(here) == []
    next(frames[0].glob("*.png")).unlink()
    with pytest.raises(part("models.errors").SceneLinked, match=r"1 files .* linked from .*lib\.blend"):
        pending(here)


def test_an_appended_scene_shows_what_it_showed(scene: Any, tmp_path: Path) -> None:
    """Its frames stay where they were made until something has to be made; then that goes beside this file."""
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    keyed()
    overlay()
    if part("operators.blender.timeline.sound_strips").can_play():
        sound()
    scene = bpy.context.scene
    scene.name = "Film"
    before = shown(scene)
    bpy.ops.wm.save_mainfile()
    path = bpy.data.filepath
    (tmp_path / "other").mkdir()
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.context.scene.name = "Film"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other" / "edit.blend"))
    here = bpy.context.scene
    with bpy.data.libraries.load(path) as (_, wanted):
        wanted.scenes = ["Film"]
    (appended,) = (each for each in bpy.data.scenes if each != here)
    assert not appended.library
    assert shown(appended) == before
    assert pending(appended) == []
    with compat.sequencing(bpy.context, appended):
        check_kept(appended)
        text = compat.named(appended, "Title")
        text.text = "Cd"
        bpy.ops.latent_strips.regenerate(scope="ALL")
    assert shown(appended) != before
    assert pending(appended) == []
    styled = part("operators.blender.timeline.text_strips").overlay_of(appended, text)
    assert strips.directory(styled).is_relative_to(tmp_path / "other")


def test_frames_can_be_brought_beside_a_file_that_is_saved_later(extension: Any, tmp_path: Any) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    plain()
    if can_play := part("operators.blender.timeline.sound_strips").can_play():
        sound()
    scene = bpy.context.scene
    with pytest.raises(part("models.errors").ProjectMissing, match="Save it first"):
        _api().move_frames()
    moving, strips = part("operators.blender.timeline.moving"), part("operators.blender.timeline.strips")
    before = shown(scene)
    assert not bpy.ops.latent_strips.frames_move.poll()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    old = strips.directory(next(strip for strip in strips.latent(scene) if strip.type == "IMAGE"))
    assert all(map(moving.is_elsewhere, strips.latent(scene)))
    assert _api().move_frames() == 1 + can_play
    for strip in strips.latent(scene):
        assert (strip.sound.filepath if strip.type == "SOUND" else strip.directory).startswith("//")
        assert strips.directory(strip).is_relative_to(tmp_path)
        assert not moving.is_elsewhere(strip)
    assert not bpy.ops.latent_strips.frames_move.poll()
    assert len(list(old.glob("*.png"))) == LENGTH  # others may use them
    assert shown(scene) == before
    check_kept(scene)
    assert bpy.ops.latent_strips.verify(scope="ALL") == {"FINISHED"}


def test_a_channel_is_found_below_what_lies_on_top(scene: Any) -> None:
    compat, channels = part("operators.blender.compat"), part("operators.blender.timeline.channels")
    for channel in (128, 127, 3):
        editing.color(scene, f"logo {channel}", channel, 1, 50)
    assert channels.channel_for(scene, 1, 10) == 4
    assert channels.channel_for(scene, 1, 10, lanes=5) == 4
    editing.color(scene, "title", 126, 1, 50)
    editing.color(scene, "title", 124, 1, 50)
    assert channels.channel_for(scene, 1, 10) == 125
    assert channels.channel_for(scene, 1, 10, lanes=2) == 1
    with pytest.raises(part("models.errors").LatentStripsError, match="not 121 free channels"):
        channels.channel_for(scene, 1, 10, lanes=121)
    assert _texture(length=2).channel == 125
    assert compat.strips(scene)


STEPS = st.lists(
    st.sampled_from([
        editing.move, editing.trim_left, editing.trim_right, editing.split_soft, editing.split_hard, editing.duplicate,
        editing.meta, editing.unmeta, editing.mute, editing.retime, editing.lift,
    ]),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(steps=STEPS)
def test_random_edits_change_no_picture(scene: Any, steps: list[Callable[[Any], None]]) -> None:
    scene = bpy.context.scene
    editing.clear(scene)
    keyed()
    overlay()
    for step in steps:
        step(scene)
    check_kept(scene)


@pytest.mark.parametrize("kind", [sound, score], ids=name)
def test_a_trimmed_sound_is_fitted_on_demand(scene: Any, kind: Callable[[], None]) -> None:
    scene = build(kind)
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    content = part("operators.blender.timeline.content")
    (strip,) = strips.latent(scene)
    assert content.is_fitted(strip)
    right = compat.right(strip) - 4
    compat.set_right(strip, right)
    assert not content.is_fitted(strip)
    check_kept(scene)
    bpy.ops.latent_strips.fit_to_handles(scope="ALL")
    (strip,) = strips.latent(scene)
    assert content.is_fitted(strip)
    assert (compat.left(strip), compat.right(strip)) == (START, right)
    assert part("operators.blender.timeline.recipes").stored(strip).frames == right - START
    check_kept(scene)
