"""Sound strips: made, remade, verified, placed to the picture, and what a Blender without audio says."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.helpers.blender.strips import active, files, part, tick_until

audio = pytest.mark.skipif(not bpy.app.build_options.audaspace, reason="this bpy was built without Audaspace")


def add(**settings: Any) -> Any:
    """Make a sound strip as a script does and return it."""
    assert bpy.ops.latent_strips.sound_add(**{"length": 12, **settings}) == {"FINISHED"}
    return active()


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (48000, 3)
        return file.getnframes() / file.getframerate()


def sounds(scene: Any) -> list[Any]:
    return [strip for strip in part("operators.blender.compat").all_strips(scene) if strip.type == "SOUND"]


@pytest.mark.skipif(bpy.app.build_options.audaspace, reason="this bpy has Audaspace")
def test_without_audio_the_file_is_made_and_the_message_says_what_is_missing(scene: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"The sound is in .*0001\.wav.*without audio"):
        bpy.ops.latent_strips.sound_add(style="rain", length=12)
    (made,) = tmp_path.glob("latent_strips/film/*/0001.wav")
    assert seconds(made) == 0.5
    assert scene.sequence_editor is None or not sounds(scene)


@audio
@pytest.mark.parametrize(("fps", "base", "length"), [(24, 1.0, 12), (30, 1.001, 7), (12, 1.0, 1), (120, 1.0, 55)])
def test_a_strip_is_exact_to_the_frame(scene: Any, fps: int, base: float, length: int) -> None:
    scene.render.fps, scene.render.fps_base = fps, base
    scene.frame_current = 7
    strip = add(style="gunshot", length=length)
    compat = part("operators.blender.compat")
    assert (strip.type, strip.name) == ("SOUND", "Gunshot")
    assert (compat.left(strip), compat.length(strip), strip.channel) == (7, length, 1)
    assert seconds(files(strip)[0]) == pytest.approx(length * base / fps, abs=1 / 48000)
    assert "latent_width" not in strip.get("latent_recipe")
    assert strip.sound.filepath.startswith("//latent_strips/film/")


@audio
def test_a_project_of_another_rate_hears_it_at_its_length(scene: Any, tmp_path: Path) -> None:
    """Files have 48 kHz whatever the project has; Blender's mix is as long as the strip."""
    scene.render.ffmpeg.audio_mixrate = 44_100
    strip = add(style="rain", length=24)
    assert seconds(files(strip)[0]) == 1
    scene.frame_start, scene.frame_end = 1, 24
    mixed = tmp_path / "mixed.wav"
    # Newer versions take the rate from the operator, older ones from the scene.
    takes = bpy.ops.sound.mixdown.get_rna_type().properties
    rate = {"mixrate": 44_100} if "mixrate" in takes else {}
    bpy.ops.sound.mixdown(filepath=str(mixed), container="WAV", codec="PCM", format="S16", **rate)
    with wave.open(str(mixed)) as file:
        assert file.getframerate() == 44_100
        assert file.getnframes() == pytest.approx(44_100, abs=2100)
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    level = [(part**2).mean() for part in np.array_split(heard, 4)]
    assert min(level) > 0.1 * max(level) > 0


@audio
def test_a_sound_is_remade_when_settings_or_length_change(scene: Any) -> None:
    strip = add(style="rain")
    compat, state = part("operators.blender.compat"), part("operators.blender.timeline.state")
    assert not state.is_stale(scene, strip)
    strip.latent_style = "wind"
    assert state.is_stale(scene, strip)
    compat.set_right(strip, compat.left(strip) + 30)
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    strip = active()
    assert (compat.length(strip), seconds(files(strip)[0])) == (30, 1.25)
    assert not state.is_stale(scene, strip)
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}


@audio
def test_every_family_makes_a_strip_and_remakes_another_ones(scene: Any) -> None:
    entries = part("operators.blender.preferences").library().of_kind("sound")
    first, *others = [entry.card.id for entry in entries]
    strip = add(style="gunshot")
    assert strip.latent_generator == first
    heard = {files(strip)[0].read_bytes()}
    for other in others:
        strip.latent_generator = other
        assert strip.latent_style == "gunshot"
        assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
        strip = active()
        heard.add(files(strip)[0].read_bytes())
    assert len(heard) == len(entries)


@audio
def test_a_missing_file_is_found_and_made_again(scene: Any) -> None:
    strip = add(style="laser")
    before = files(strip)[0].read_bytes()
    files(strip)[0].unlink()
    assert bpy.ops.latent_strips.verify() == {"CANCELLED"}
    assert part("operators.blender.timeline.state").problem(scene, active()) == "The file is missing"
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    assert files(active())[0].read_bytes() == before


@audio
def test_a_click_puts_the_strip_there_at_once_and_the_sound_follows(scene: Any) -> None:
    make, kind = part("operators.blender.jobs.make"), part("models.kinds").kind("sound")
    values = {p.name: p.default for p in kind.parameters} | {"generator": "", "seed": 0, "style": "rain"}
    job = make.add(scene, kind, values, 12, 5, is_live=True)
    compat = part("operators.blender.compat")
    assert (compat.left(active()), compat.length(active())) == (5, 12)
    tick_until(lambda: not job.unfinished)
    assert job.state == "done"
    assert seconds(files(active())[0]) == 0.5
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}


@audio
def test_keyframes_reach_the_sound(scene: Any) -> None:
    strip = add(style="rain")
    before = files(strip)[0].read_bytes()
    for frame, pitch in ((1, -12.0), (12, 12.0)):
        strip.latent_pitch = pitch
        strip.keyframe_insert("latent_pitch", frame=frame)
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    recipe = part("models.recipe").Recipe.from_json(active()["latent_recipe"])
    assert recipe.tracks["pitch"][0] == -12
    assert recipe.tracks["pitch"][-1] == 12
    assert files(active())[0].read_bytes() != before


@audio
def test_variations_lie_muted_above_the_first(scene: Any) -> None:
    add(style="impact")
    assert bpy.ops.latent_strips.variations(count=3, near=True) == {"FINISHED"}
    found = sorted(sounds(scene), key=lambda strip: strip.channel)
    assert [(s.channel, s.mute, s.latent_take) for s in found] == [(n + 1, n > 0, n) for n in range(4)]
    assert len({files(strip)[0].read_bytes() for strip in found}) == 4


@audio
def test_markers_and_cuts_get_a_sound_each(scene: Any) -> None:
    scene.latent_strips.sound.length = 3
    for frame in (10, 20, 400):
        scene.timeline_markers.new("hit", frame=frame)
    assert bpy.ops.latent_strips.sound_to_picture() == {"FINISHED"}
    compat = part("operators.blender.compat")
    assert sorted(compat.left(strip) for strip in sounds(scene)) == [10, 20]
    with pytest.raises(RuntimeError, match="no cuts"):
        bpy.ops.latent_strips.sound_to_picture(where="CUTS")
    for start in (1, 31, 61):
        bpy.ops.latent_strips.texture_add(length=30 if start == 1 else 2, frame_start=start, width=8, height=8)
    assert bpy.ops.latent_strips.sound_to_picture(where="CUTS") == {"FINISHED"}
    assert sorted(compat.left(strip) for strip in sounds(scene)) == [10, 20, 31, 61]


@pytest.mark.one_blender
def test_a_sound_is_auditioned_without_a_strip(scene: Any, capsys: Any, tmp_path: Path) -> None:
    scene.latent_strips.sound.length = 6
    assert bpy.ops.latent_strips.audition(kind="sound", step=1) == {"FINISHED"}
    assert scene.latent_strips.sound.seed == 1
    (made,) = tmp_path.glob("latent_strips/film/*/0001.wav")
    assert str(made) in capsys.readouterr().out
    assert scene.sequence_editor is None or not sounds(scene)
    assert bpy.ops.latent_strips.audition_stop() == {"FINISHED"}


@audio
def test_a_used_sound_is_never_cleaned_away(scene: Any) -> None:
    strip = add(style="fire")
    bpy.ops.latent_strips.cache_clean()
    assert files(strip)[0].is_file()


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"style": "cheese"}, "no style 'cheese'. There are: spaceship_launch"),
        ({"length": 0}, "Length 0 is not"),
        ({"length": 90_000}, "longer than an effect can be"),
        ({"pitch": 100.0}, "Pitch: 100 is outside"),
        ({"generator": "latent_materials"}, "generates a texture, not a sound"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(scene: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.latent_strips.sound_add(**{"length": 2, **settings})
    assert scene.sequence_editor is None or not sounds(scene)


def test_panels_offer_no_size_for_sounds(scene: Any) -> None:
    group = scene.latent_strips.sound.bl_rna.properties
    assert "seed" in group
    assert "width" not in group


@audio
def test_a_score_ends_with_its_strip_takes_accents_and_falls_into_stems(scene: Any) -> None:
    scene.frame_current = 11
    assert bpy.ops.latent_strips.music_add(mood="calm", length=120) == {"FINISHED"}
    assert seconds(files(active())[0]) == 5.0
    with pytest.raises(RuntimeError, match="No marker lies in"):
        bpy.ops.latent_strips.accents()
    scene.timeline_markers.new("hit", frame=61)
    assert bpy.ops.latent_strips.accents() == {"FINISHED"}
    recipe = part("models.recipe").Recipe.from_json(active()["latent_recipe"])
    assert [n for n, value in enumerate(recipe.tracks["accent"]) if value] == [50]
    assert bpy.ops.latent_strips.stems() == {"FINISHED"}
    assert [s.mute for s in sorted(sounds(scene), key=lambda s: s.channel)] == [True, False, False, False, False]


@audio
def test_the_notes_are_written_beside_the_sound_or_where_one_wants(scene: Any, tmp_path: Path, capsys: Any) -> None:
    assert bpy.ops.latent_strips.music_add(mood="calm", length=120, midi=True) == {"FINISHED"}
    beside = files(active())[0].with_suffix(".mid")
    assert beside.read_bytes()[:4] == b"MThd"
    assert str(beside) in capsys.readouterr().out
    assert bpy.ops.latent_strips.midi_export(filepath=str(tmp_path / "score")) == {"FINISHED"}
    assert (tmp_path / "score.mid").read_bytes() == beside.read_bytes()
    with pytest.raises(RuntimeError, match=r"nowhere/a\.mid: No such file or directory\. Choose another folder"):
        bpy.ops.latent_strips.midi_export(filepath=str(tmp_path / "nowhere" / "a.mid"))
    add(style="beep")
    assert not bpy.ops.latent_strips.midi_export.poll()
    main = part("operators.blender.cli.main").main
    assert main(["music", "--mood", "sad", "--length", "240", "--midi"]) == 0
    assert f"Notes written to {files(active())[0].with_suffix('.mid')}" in capsys.readouterr().out
