"""Picture to sound: keys of a generated strip follow a sound strip, or all that is heard, as ordinary F-curves."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.helpers.blender.strips import active, add, files, move, part, tick_until

audio = pytest.mark.skipif(not bpy.app.build_options.audaspace, reason="this bpy was built without Audaspace")
RATE = 48_000


def clicks(path: Path, *times: float, seconds: float = 4.0, height: float = 0.8) -> Path:
    """A WAV file with clicks of 1 ms at `times`."""
    samples = np.zeros(round(seconds * RATE), "<i2")
    for time in times:
        samples[round(time * RATE) : round(time * RATE) + 48] = round(height * 32767)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def hear(scene: Any, path: Path, start: int = 1, channel: int = 1) -> Any:
    """A sound strip of a file."""
    strips = part("operators.blender.compat").strips(scene)
    return strips.new_sound(name=path.stem, filepath=str(path), channel=channel, frame_start=start)


def target(frames: int = 60, start: int = 1, channel: int = 5) -> Any:
    """A small texture strip, which is to react."""
    return add(length=frames, frame_start=start, channel=channel, width=8, height=8)


def curve(scene: Any, strip: Any, attribute: str) -> Any:
    compat = part("operators.blender.compat")
    return compat.fcurve_of(compat.fcurves(scene), strip, attribute)


def peaks(scene: Any, strip: Any, attribute: str = "latent_mix", above: float = 0.5) -> list[int]:
    """The scene frames in which the curve is above `above`."""
    found = curve(scene, strip, attribute)
    assert found
    return [frame for frame in range(-50, 400) if found.evaluate(frame) > above]


def react(**how: Any) -> None:
    assert bpy.ops.latent_strips.react(**{"setting": "mix", "release": 0.0, **how}) == {"FINISHED"}


@audio
@pytest.mark.parametrize(("fps", "base"), [(24, 1.0), (24, 1.001), (12, 1.0), (120, 1.0)])
def test_clicks_become_keys_in_their_frames(scene: Any, tmp_path: Path, fps: int, base: float) -> None:
    scene.render.fps, scene.render.fps_base = fps, base
    hear(scene, clicks(tmp_path / "hits.wav", 0.31, 0.77))
    strip = target(fps)
    react(regenerate=False)
    rate = fps / base
    assert peaks(scene, strip) == [1 + int(0.31 * rate), 1 + int(0.77 * rate)]
    points = curve(scene, strip, "latent_mix").keyframe_points
    assert {point.interpolation for point in points} == {"LINEAR"}
    assert len(points) <= 8
    state = part("operators.blender.timeline.state")
    assert state.is_stale(scene, strip)
    assert state.problem(scene, strip) == "Settings have changed"


@audio
def test_regenerating_makes_what_the_keys_say(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "hits.wav", 0.31))
    strip = add(style="slate", style_b="rust", length=12, frame_start=1, channel=5, width=8, height=8)
    react(regenerate=True)
    recipe = part("models.recipe").Recipe.from_json(active()["latent_recipe"])
    assert [n for n, value in enumerate(recipe.tracks["mix"]) if value > 0.5] == [7]
    assert not part("operators.blender.timeline.state").is_stale(scene, active())
    assert strip == active()


@audio
def test_trims_offsets_and_places_are_blenders_own(scene: Any, tmp_path: Path) -> None:
    """What is heard is compared with Blender's own mixdown."""
    hearing = part("operators.blender.sound.sources")
    mix = part("models.audio_analysis.mix")
    first = hear(scene, clicks(tmp_path / "a.wav", 0.5, 1.0, 2.5, height=0.4), start=10)
    move(first, 20, 80)
    first.volume = 0.5
    second = hear(scene, clicks(tmp_path / "b.wav", 0.1, 3.0, 3.3), start=-20, channel=2)
    setattr(second, part("operators.blender.compat.times")._TRIMMED, 7)
    if hasattr(second, "sound_offset"):
        second.sound_offset = 0.011
    muted = hear(scene, clicks(tmp_path / "c.wav", 1.5), channel=3)
    muted.mute = True
    hear(scene, clicks(tmp_path / "d.wav", 1.6), channel=4)
    scene.sequence_editor.channels[4].mute = True
    scene.frame_start, scene.frame_end = 1, 96
    mixed = tmp_path / "mixed.wav"
    bpy.ops.sound.mixdown(filepath=str(mixed), container="WAV", codec="PCM", format="S16")
    blenders = np.concatenate(list(mix.decoded(mixed)), 1)[:, : 4 * mix.RATE]
    found, warnings = hearing.pieces(scene, 1, 96)
    assert not warnings
    pieces = [mix.PlacedSound(Path(p["path"]), p["at"], p["start"], p["end"], tuple(p["volume"])) for p in found]
    ours = mix.Mixer(pieces, 0.0, 24.0).read(4 * mix.RATE)
    assert onsets(ours) == pytest.approx(onsets(blenders), abs=0.001)
    assert len(onsets(ours)) == 5
    heights = [[np.abs(x)[:, round(t * mix.RATE) :][:, :64].max() for t in onsets(ours)] for x in (ours, blenders)]
    assert heights[0] == pytest.approx(heights[1], rel=0.1)


def onsets(sound: np.ndarray) -> list[float]:
    """Seconds at which something rises above a twentieth, at least 50 ms after the one before."""
    loud = np.nonzero(np.abs(sound).max(0) > 0.05)[0] / 32_000
    return [float(t) for n, t in enumerate(loud) if n == 0 or t - loud[n - 1] > 0.05]


@audio
def test_muted_strips_are_silent_but_can_be_chosen(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.0))
    guide = hear(scene, clicks(tmp_path / "guide.wav", 2.0), channel=2)
    guide.mute = True
    strip = target()
    react()
    assert peaks(scene, strip) == [25]
    react(source="guide")
    assert peaks(scene, strip) == [49]


@audio
def test_volume_is_heard_and_its_curve_too(scene: Any, tmp_path: Path) -> None:
    sound = hear(scene, clicks(tmp_path / "one.wav", 1.0, 2.0))
    for frame, volume in ((1, 1.0), (36, 1.0), (37, 0.01), (96, 0.01)):
        sound.volume = volume
        sound.keyframe_insert("volume", frame=frame)
    strip = target()
    react()
    assert peaks(scene, strip) == [25]


@audio
def test_sounds_in_meta_strips_are_heard_within_their_handles(scene: Any, tmp_path: Path) -> None:
    compat = part("operators.blender.compat")
    meta = compat.strips(scene).new_meta(name="group", channel=1, frame_start=1)
    inner = compat.inside(meta).new_sound(
        name="in", filepath=str(clicks(tmp_path / "in.wav", 1.0, 2.0)), channel=1, frame_start=1
    )
    assert inner
    move(meta, 1, 40)
    strip = target()
    react()
    assert peaks(scene, strip) == [25]
    meta.mute = True
    with pytest.raises(RuntimeError, match="Nothing is heard from frame 1 to 60"):
        bpy.ops.latent_strips.react(setting="mix")


@audio
def test_attack_release_and_range(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.5))
    strip = target()
    react(attack=0.25, release=0.5, low=0.2, high=0.8)
    found = curve(scene, strip, "latent_mix")
    heights = [found.evaluate(frame) for frame in (28, 34, 37, 43, 58)]
    assert heights == pytest.approx([0.2, 0.5, 0.8, 0.5, 0.2], abs=0.02)


@audio
def test_undo_takes_the_keys_away(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.0))
    strip = target()
    name = strip.name
    compat = part("operators.blender.compat")
    bpy.ops.ed.undo_push(message="before")
    react()
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    scene = bpy.context.scene
    assert curve(scene, compat.named(scene, name), "latent_mix") is None
    bpy.ops.ed.redo()
    scene = bpy.context.scene
    assert peaks(scene, compat.named(scene, name)) == [25]


@audio
def test_keys_outside_of_the_strip_stay_and_inside_give_way(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.0))
    strip = target(48)
    for frame in (-10, 30, 200):
        strip.latent_mix = 0.9
        strip.keyframe_insert("latent_mix", frame=frame)
    react()
    react()
    frames = [point.co[0] for point in curve(scene, strip, "latent_mix").keyframe_points]
    assert frames == sorted(set(frames))
    assert (frames[0], frames[-1]) == (-10, 200)
    assert 30 not in frames


@audio
def test_opacity_and_volume_follow_too_without_making_the_strip_stale(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.0))
    strip = target()
    react(setting="opacity")
    assert peaks(scene, strip, "blend_alpha") == [25]
    assert not part("operators.blender.timeline.state").is_stale(scene, strip)
    bpy.ops.latent_strips.sound_add(style="rain", length=48, frame_start=1)
    rain = active()
    react(setting="volume", source="one", low=1.0, high=0.1)
    assert curve(scene, rain, "volume").evaluate(25) == pytest.approx(0.1)
    with pytest.raises(RuntimeError, match="can't react to itself"):
        bpy.ops.latent_strips.react(setting="volume", source=rain.name)


@audio
def test_a_click_listens_in_the_background(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.0))
    strip = target()
    how = {"measure": "onset", "attack": 0.0, "release": 0.0, "floor": 30.0}
    job = part("operators.blender.sound.reactions").react(scene, strip["latent_id"], "mix", "", how, is_live=True)
    assert job.unfinished
    tick_until(lambda: not job.unfinished)
    assert job.error is None
    assert peaks(scene, strip) == [25]


@audio
def test_a_file_that_is_gone_is_named_and_the_others_are_heard(scene: Any, tmp_path: Path, capsys: Any) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.0))
    hear(scene, clicks(tmp_path / "two.wav", 2.0), channel=2)
    (tmp_path / "two.wav").unlink()
    strip = target()
    react()
    assert "two plays" in capsys.readouterr().out
    assert peaks(scene, strip) == [25]
    with pytest.raises(RuntimeError, match=r"two plays .*two\.wav, which isn't there"):
        bpy.ops.latent_strips.react(setting="mix", source="two")
    (tmp_path / "one.wav").unlink()
    with pytest.raises(RuntimeError, match=r"Nothing is heard .*one plays .*one\.wav, which isn't there"):
        bpy.ops.latent_strips.react(setting="mix")


@audio
def test_silence_and_limits_leave_no_keys(scene: Any, tmp_path: Path) -> None:
    hear(scene, clicks(tmp_path / "still.wav"))
    strip = target()
    for how, message in (
        ({}, "No sound is heard in these frames"),
        ({"high": 7.0}, "To: 7 is outside 0 to 1, Mix's limits"),
        ({"source": "Slate"}, "There is no sound strip 'Slate'. There are: still"),
    ):
        with pytest.raises(RuntimeError, match=message):
            bpy.ops.latent_strips.react(setting="mix", **how)
    assert curve(scene, strip, "latent_mix") is None


def test_keys_are_written_by_a_blender_without_audio_too(
    scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can't have the sound strips, so here it is told what they would be."""
    piece = {"path": str(clicks(tmp_path / "one.wav", 1.0)), "at": 0.0, "start": 0.0, "end": 2.0, "volume": [1.0]}
    strip = target(48)
    monkeypatch.setattr(part("operators.blender.sound.sources"), "pieces", lambda *_: ([piece], ["one warning"]))
    react(regenerate=True)
    assert peaks(scene, strip) == [25]
    assert not part("operators.blender.timeline.state").is_stale(scene, active())


def test_without_sound_strips_it_says_what_to_do(scene: Any) -> None:
    assert not bpy.ops.latent_strips.react.poll()
    target(4)
    with pytest.raises(RuntimeError, match=r"Nothing is heard from frame 1 to 4\. Add a sound strip"):
        bpy.ops.latent_strips.react(setting="mix")
    with pytest.raises(TypeError, match="smell"):
        bpy.ops.latent_strips.react(setting="smell")


@audio
def test_the_command_line(scene: Any, tmp_path: Path, capsys: Any) -> None:
    hear(scene, clicks(tmp_path / "one.wav", 1.0))
    strip = target(48)
    main = part("operators.blender.cli.main").main
    words = [
        "react",
        "--select",
        strip.name,
        "--setting",
        "mix",
        "--source",
        "one",
        "--measure",
        "onset",
        "--release",
        "0",
    ]
    assert main([*words, "--high", "0.9", "--regenerate", "--save"]) == 0
    assert "Slate: Mix:" in capsys.readouterr().out
    bpy.ops.wm.revert_mainfile()
    scene = bpy.context.scene
    strip = part("operators.blender.compat").named(scene, "Slate")
    assert peaks(scene, strip) == [25]
    assert all(path.exists() for path in files(strip))
    assert main(["react", "--select", "Slate", "--setting", "smell"]) == 2
    assert "smell" in capsys.readouterr().err
    assert main(["react", "--select", "nobody"]) == 2
