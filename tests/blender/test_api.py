"""What scripts call: every example of the documentation runs, and every wrong call is a named error."""

from __future__ import annotations

import ast
import doctest
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy
import numpy as np
import pytest

from tests.helpers.blender.strips import MODULE, active, part, tick_until
from tests.helpers.tiny_network import network

SMALL = {"length": 4, "width": 64, "height": 48}
#: Whose examples need sound strips, which some `bpy` modules can't make.
SOUND = {"sound", "music", "clip", "react", "sounds_to_picture", "accents", "stems", "midi"}
ROOT = Path(__file__).resolve().parents[2]
#: What the root offers, read from its source: the extension is enabled later.
PUBLIC = [
    name
    for node in ast.parse((ROOT / "__init__.py").read_text("utf-8")).body
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    for name in ast.literal_eval(node.value)
]


@pytest.fixture
def strip(extension: ModuleType, scene: Any) -> Any:
    return extension.texture(scene, style="slate", **SMALL)


def error(name: str) -> Any:
    return getattr(part("models.errors"), name)


@pytest.mark.one_blender  # operators that call the same functions run in all of them
@pytest.mark.parametrize("name", PUBLIC)
def test_examples_run(name: str, extension: ModuleType, scene: Any, library: Path, tmp_path: Path) -> None:
    if name in SOUND and not bpy.app.build_options.audaspace:
        pytest.skip("this Blender was built without audio")
    scene.frame_end = 48
    given = {"latent_strips": extension, "scene": scene, "bpy": bpy}
    for variable, data in (("model", network()), ("sound_model", network(name="audio", shape=(1, 1, 4096)))):
        given[variable] = str(tmp_path / f"{variable}.onnx")
        Path(given[variable]).write_bytes(data)
    given["photograph"] = str(tmp_path / "wall.png")
    Path(given["photograph"]).write_bytes(
        part("models.imaging.png").png(np.random.default_rng(0).random((3, 160, 200), np.float32))
    )
    (tmp_path / "film.srt").write_text("00:00:00,000 --> 00:00:00,200\nHello\n", "utf-8")
    function = getattr(part("api"), name)
    found = doctest.DocTestFinder(recurse=True).find(function, name, module=False, globs=given)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for each in found:
        bpy.ops.wm.revert_mainfile()
        each.globs["scene"] = bpy.context.scene
        for example in each.examples:
            example.source = example.source.replace('"film.srt"', repr(str(tmp_path / "film.srt")))
        runner.run(each)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.one_blender
def test_the_documentation_says_what_can_be_set(extension: ModuleType) -> None:
    for name in ("texture", "sound", "music", "image", "clip", "matte", "mask", "restyle", "transition", "subtitles"):
        function = getattr(part("api"), name)
        assert ">>> " in function.__doc__, name
        keywords = inspect.signature(function).parameters
        assert "seed" in keywords
        for parameter in keywords.values():
            assert parameter.kind is not inspect.Parameter.VAR_KEYWORD, name
    made = part("models.kinds").kind("texture")
    signature = inspect.signature(part("api").texture)
    for parameter in made.parameters:
        assert signature.parameters[parameter.name].default == parameter.default
        assert f"    {parameter.name}: {parameter.description}" in part("api").texture.__doc__


@pytest.mark.one_blender
def test_every_kind_has_a_function_and_no_setting_hides_what_a_strip_is(extension: ModuleType) -> None:
    names = {"footage_mask": "mask", "text_effect": "style_text"}
    strip_names = part("api.strip")._names()
    for kind in part("models.kinds").kinds().values():
        assert names.get(kind.name, kind.name) in PUBLIC
        assert not {*part("api.settings").parameters(kind)} & {*strip_names}, kind.name


@pytest.mark.one_blender
def test_the_root_has_the_api_and_imports_it_late(extension: ModuleType) -> None:
    assert sorted(extension.__all__) == sorted(set(part("api").__all__) - {"TRANSITION"})
    assert {"texture", "register"} <= {*dir(extension)}
    assert not hasattr(extension, "bl_info")
    code = "import sys; sys.modules['bpy'] = None; import latent_strips; assert not hasattr(latent_strips, 'bl_info')"
    link = Path(bpy.utils.resource_path("USER"), "latent_strips")
    link.symlink_to(ROOT, target_is_directory=True)
    try:
        subprocess.run([sys.executable, "-c", code], cwd=link.parent, check=True)
    finally:
        link.unlink()


def test_a_strip_is_found_again_wherever_blender_moved_it(extension: ModuleType, strip: Any, scene: Any) -> None:
    for n in range(20):
        part("operators.blender.compat").new_text(scene, f"text {n}", 2 + n, 1, 4)
    strip.name = "Renamed"
    assert (strip.blender.name, strip.start, strip.length, strip.channel) == ("Renamed", 1, 4, 1)
    assert strip.recipe.settings["style"] == "slate"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.revert_mainfile()
    assert strip.name == "Renamed"
    assert strip == extension.Strip.of(active())
    assert len({strip, extension.Strip.of(active())}) == 1
    assert repr(strip) == "<Strip 'Renamed', texture, frames 1 to 4, channel 1>"
    assert "mix" in dir(strip)


def test_settings_are_read_and_written_by_name(strip: Any) -> None:
    assert (strip.style, strip.style_b, strip.seed, strip.loop) == ("slate", "", 0, True)
    strip.style_b, strip.seed, strip.loop = "rust", 3, False
    assert (strip.style_b, strip.seed, strip.loop) == ("rust", 3, False)
    assert strip.is_stale
    strip.style_b = ""
    assert strip.style_b == ""
    strip.regenerate()
    assert not strip.is_stale
    strip.files[1].write_bytes(b"damaged")
    strip.files[2].unlink()
    found = strip.verify()
    assert (found.missing, found.changed, found.is_intact, str(found)) == ((2,), (1,), False, "1 missing, 1 changed")


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("name", "value", "named", "message"),
    [
        ("sede", 1, "UnknownSetting", "Texture strips have no setting 'sede'. Did you mean seed"),
        ("zzz", 1, "UnknownSetting", "There are: style, style_b"),
        ("seed", -1, "SettingError", "Seed -1 is not a whole number from 0"),
        ("seed", "many", "SettingError", "Seed many is not a whole number"),
        ("loop", 1, "SettingError", "1 is not true or false"),
        ("style", "marbel", "UnknownStyle", "Did you mean 'marble' (Photo Textures)"),
        ("generator", "unicorns", "SettingError", "unicorns"),
        ("length", 5, "SettingError", "length can't be set. Change it on Blender's own strip"),
    ],
)
def test_a_wrong_value_is_refused_by_name(strip: Any, name: str, value: Any, named: str, message: str) -> None:
    with pytest.raises(error(named)) as caught:
        setattr(strip, name, value)
    assert message in str(caught.value)
    assert not strip.is_stale


@pytest.mark.one_blender
def test_asking_for_an_unknown_setting_is_an_attribute_error(strip: Any) -> None:
    assert not hasattr(strip, "pitch")
    with pytest.raises(error("UnknownSetting"), match=r"no setting 'scael'. Did you mean scale"):
        _ = strip.scael


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("name", "keys", "named", "message"),
    [
        ("mix", {}, "SettingError", "no keyframes were given"),
        ("mix", {1: 2.0}, "SettingError", "2 is outside 0 to 1"),
        ("seed", {1: 2}, "SettingError", "can't be keyframed in a texture. These can: mix"),
        ("mixx", {1: 0}, "UnknownSetting", "Did you mean mix"),
    ],
)
def test_wrong_keys(strip: Any, scene: Any, name: str, keys: Any, named: str, message: str) -> None:
    with pytest.raises(error(named), match=message):
        strip.key(name, keys)
    assert scene.animation_data is None


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("given", "named", "message"),
    [
        ({"style": "marbel"}, "UnknownStyle", r"have no style 'marbel'. Did you mean 'marble' \(Photo Textures\)"),
        ({"style": "marble", "generator": "latent_skies"}, "UnknownStyle", "has no style 'marble'"),
        ({"generator": "unicorns"}, "GeneratorMissing", "no generator 'unicorns'"),
        ({"stile": "marble"}, "UnknownSetting", "Did you mean style"),
        ({"lenght": 4}, "UnknownSetting", "Did you mean length"),
        ({"length": 0}, "SettingError", "Length 0 is not"),
        ({"length": "long"}, "SettingError", "Length long is not"),
        ({"start": 1.5}, "SettingError", "1.5 is not a scene frame"),
        ({"depth": "12"}, "SettingError", "is not one of 8, 16"),
        ({"channel": 200}, "LatentStripsError", "Channel 200"),
    ],
)
def test_a_wrong_call_makes_nothing(
    extension: ModuleType, scene: Any, given: dict[str, Any], named: str, message: str
) -> None:
    with pytest.raises(error(named), match=message):
        extension.texture(scene, **{**SMALL, **given})
    assert part("operators.blender.compat").all_strips(scene) == []


def test_a_strip_that_is_gone_says_so(extension: ModuleType, strip: Any, scene: Any) -> None:
    blender = strip.blender
    part("operators.blender.compat").strips(scene).remove(blender)
    for use in (
        strip.verify,
        strip.regenerate,
        lambda: strip.seed,
        lambda: strip.name,
        lambda: setattr(strip, "seed", 1),
    ):
        with pytest.raises(error("StripGone"), match="The strip is gone"):
            use()
    with pytest.raises(error("StripGone")):
        extension.restyle(blender)
    assert repr(strip).startswith("<Strip: The strip is gone")


def test_strips_of_two_scenes_are_not_taken_together(extension: ModuleType, strip: Any, scene: Any) -> None:
    other = bpy.data.scenes.new("Other")
    there = extension.texture(other, **SMALL)
    assert there.scene == other
    for call in (
        lambda: extension.transition(strip, there),
        lambda: extension.matte(scene, onto=there),
        lambda: extension.react(strip, to=there),
    ):
        with pytest.raises(error("StripError"), match="is a strip of the scene"):
            call()
    assert len(part("operators.blender.compat").all_strips(other)) == 1


def test_nothing_is_made_in_a_linked_scene(extension: ModuleType, strip: Any, tmp_path: Path) -> None:
    bpy.context.scene.name = "Linked"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "source.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    (tmp_path / "user").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "user" / "film.blend"))
    with bpy.data.libraries.load(str(tmp_path / "source.blend"), link=True) as (_, wanted):
        wanted.scenes = ["Linked"]
    linked = next(each for each in bpy.data.scenes if each.library)
    before = sorted(tmp_path.rglob("*"))
    there = extension.Strip(part("operators.blender.timeline.strips").latent(linked)[0]["latent_id"])
    for call in (
        lambda: extension.texture(linked, **SMALL),
        lambda: extension.restyle(there),
        lambda: extension.variations(there),
        lambda: extension.subtitles(linked, "film.srt"),
        lambda: extension.regenerate(linked),
        there.regenerate,
        lambda: setattr(there, "seed", 5),
        lambda: there.key("mix", {1: 0.5}),
    ):
        with pytest.raises(error("SceneLinked"), match="linked from"):
            call()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("call", "named", "message"),
    [
        (lambda api: api.transition(None), "StripError", "No strip was named"),
        (lambda api: api.transition(""), "StripError", "No strip was named"),
        (lambda api: api.transition("nobody"), "StripError", "There is no strip 'nobody' in Scene. There are: Slate"),
        (lambda api: api.transition("Slate", "Slate"), "StripError", "Slate was named twice"),
        (lambda api: api.transition(7), "StripError", "7 is not a strip"),
        (lambda api: api.transition("Slate", side="UP"), "SettingError", "'UP' is not one of IN, OUT, NEXT"),
        (lambda api: api.transition("Slate", coverage=1.0), "SettingError", "A transition decides coverage itself"),
        (lambda api: api.style_text([]), "StripError", "No strip was named"),
        (lambda api: api.style_text("Slate"), "StripError", "Slate is not a text strip"),
        (lambda api: api.subtitles(None, ""), "SubtitleError", "No subtitle file was named"),
        (lambda api: api.subtitles(None, "nowhere.srt"), "SubtitleError", "nowhere.srt: can't be read"),
        (lambda api: api.subtitles(None, "film.srt", seed=3), "SettingError", "Give a style, too"),
        (lambda api: api.export_subtitles(None, ""), "SubtitleError", "No subtitle file was named"),
        (lambda api: api.export_subtitles(None, "film.srt"), "SubtitleError", "There are no text strips"),
        (lambda api: api.title(None, " "), "RecipeError", "The title has no text"),
        (lambda api: api.import_generator(""), "GeneratorError", "No generator was named"),
        (lambda api: api.styles("cheese"), "RecipeError", "'cheese' is not a kind of strip"),
        (lambda api: api.texture("Scene"), "StripError", "'Scene' is a name, not a scene"),
        (lambda api: api.texture(7), "StripError", "7 is not a scene"),
        (lambda api: api.midi("Slate"), "StripError", "Slate is not a score"),
        (lambda api: api.react("Slate", measure="smell"), "SettingError", "'smell' is not one of level"),
        (lambda api: api.sounds_to_picture(None, "BEATS"), "SettingError", "'BEATS' is not one of MARKERS, CUTS"),
        (lambda api: api.sounds_to_picture(), "RecipeError", "There are no markers"),
    ],
)
def test_empty_and_wrong_arguments(extension: ModuleType, strip: Any, call: Any, named: str, message: str) -> None:
    before = len(part("operators.blender.compat").all_strips(bpy.context.scene))
    with pytest.raises(error(named), match=message):
        call(extension)
    assert len(part("operators.blender.compat").all_strips(bpy.context.scene)) == before


def test_without_waiting_the_strip_is_there_at_once(extension: ModuleType, scene: Any) -> None:
    strip = extension.texture(scene, wait=False, **SMALL)
    assert strip.length == 4
    live = part("operators.blender.jobs.live")
    assert live.queue.unfinished()
    tick_until(lambda: not live.queue.unfinished())
    assert strip.verify().is_up_to_date


@pytest.mark.one_blender
def test_a_strip_made_by_hand_is_not_one(extension: ModuleType, scene: Any) -> None:
    part("operators.blender.compat").new_text(scene, "words", 1, 1, 10)
    with pytest.raises(error("StripError"), match="words was not made by Latent Strips"):
        extension.variations("words")


@pytest.mark.one_blender
def test_modules_of_the_api_are_those_of_the_installed_extension(extension: ModuleType) -> None:
    assert part("api").texture.__module__ == f"{MODULE}.api.making"
