"""Imported generators of sound, inside Blender: import, hear, make a strip, correct the sample rate, remove."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import draw, draw_preferences
from tests.helpers.blender.strips import active, files, part, run
from tests.helpers.tiny_network import network

audio = pytest.mark.skipif(not bpy.app.build_options.audaspace, reason="this bpy was built without Audaspace")
SAMPLES = 4096


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny_waves.onnx"
    path.write_bytes(network(name="audio", shape=(1, 1, SAMPLES)))
    return path


def entry() -> Any:
    (found,) = part("operators.blender.preferences").library().of_kind("clip")
    return found


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (48000, 3, 1)
        return file.getnframes() / file.getframerate()


def test_an_imported_sound_is_a_menu_entry_with_a_picture_and_a_sound(library: Path, model: Path, scene: Any) -> None:
    scene.latent_strips.making = "clip"
    before = draw()
    assert "Import a generator first" in before
    assert bpy.ops.latent_strips.generator_import(filepath=str(model)) == {"FINISHED"}
    card = entry().card
    assert (card.label, card.outputs[0].rate) == ("Tiny waves", 44100)
    assert scene.latent_strips.clip.generator == card.id
    assert {path.suffix for path in library.iterdir()} == {".onnx", ".json", ".png", ".wav", ".webp"}
    assert seconds(library / f"{entry().path.stem}.wav") == pytest.approx(SAMPLES / 44100, abs=0.01)
    drawn = [*draw(), *draw_preferences()]
    assert {"Tiny waves", "latent_strips.generator_play", "latent_strips.clip_add", "filling"} <= set(drawn)
    assert all(drawn.count(name) == before.count(name) for name in ("label", "knob_1"))  # this generator has none
    assert "its sample rate is a guess" in " ".join(drawn)


@audio
def test_a_strip_of_an_imported_sound(library: Path, model: Path, scene: Any) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    assert bpy.ops.latent_strips.clip_add(length=30, seed=4) == {"FINISHED"}
    strip, compat = active(), part("operators.blender.compat")
    assert (strip.type, strip.name, compat.length(strip)) == ("SOUND", "Tiny waves", 30)
    assert seconds(files(strip)[0]) == 1.25
    before = files(strip)[0].read_bytes()
    for frame, truncation in ((1, 0.1), (30, 1.0)):
        strip.latent_truncation = truncation
        strip.keyframe_insert("latent_truncation", frame=frame)
    strip.latent_filling = "evolve"
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    keyed = files(active())[0].read_bytes()
    assert keyed != before
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}
    assert "Up to Date" in draw()
    edit = json.dumps({"audio": {"rate": 16000}})
    assert bpy.ops.latent_strips.generator_edit(generator=entry().card.id, changes=edit) == {"FINISHED"}
    assert entry().card.outputs[0].rate == 16000
    assert seconds(library / f"{entry().path.stem}.wav") == pytest.approx(SAMPLES / 16000, abs=0.01)
    assert files(active())[0].read_bytes() == keyed  # the strip keeps its sound until it is regenerated
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    assert files(active())[0].read_bytes() != keyed


def test_without_a_strip_it_is_heard_from_the_library_and_the_panel(
    library: Path, model: Path, scene: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model), rate=22050)
    assert entry().card.outputs[0].rate == 22050
    assert bpy.ops.latent_strips.generator_play(generator=entry().card.id) == {"FINISHED"}
    assert str(library / f"{entry().path.stem}.wav") in capsys.readouterr().out
    scene.latent_strips.clip.length = 6
    assert bpy.ops.latent_strips.audition(kind="clip", step=1) == {"FINISHED"}
    (made,) = tmp_path.glob("latent_strips/film/*/0001.wav")
    assert seconds(made) == 0.25
    (library / f"{entry().path.stem}.wav").unlink()
    with pytest.raises(RuntimeError, match="no sound of this generator"):
        bpy.ops.latent_strips.generator_play(generator=entry().card.id)
    bpy.ops.latent_strips.generator_remove(generator=entry().card.id)
    assert list(library.iterdir()) == []


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"length": 90_000}, "longer than a clip can be"),
        ({"generator": "latent_materials"}, "generates a texture, not a clip"),
        ({"label": "cheese"}, "no style 'cheese'"),
        ({"overlap": 2.0}, "Overlap: 2 is outside"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(
    library: Path, model: Path, scene: Any, settings: dict[str, Any], message: str
) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.latent_strips.clip_add(**{"length": 2, **settings})
    assert scene.sequence_editor is None or not list(part("operators.blender.compat").all_strips(scene))


def test_the_dialog_shows_the_rate(library: Path, model: Path) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    ports, port = part("operators.blender.library.port_properties"), entry().card.outputs[0]
    bpy.types.WindowManager.latent_test = bpy.props.CollectionProperty(type=ports.LatentStripsPort)
    try:
        item = bpy.context.window_manager.latent_test.add()
        ports.show(item, port, True)
        assert ports.changed(item, port) == {}
        item.rate = 8000
        assert ports.changed(item, port) == {"rate": 8000}
        item.rate = 5
        with pytest.raises(RuntimeError, match="sample rate that is not from 1000"):
            bpy.ops.latent_strips.generator_edit(generator=entry().card.id, changes=json.dumps({"audio": {"rate": 5}}))
    finally:
        del bpy.types.WindowManager.latent_test


@pytest.mark.one_blender
def test_the_command_line(library: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", str(model), "--label", "Waves", "--rate", "32000"]) == 0
    assert "Waves: clip, 0.13 s at 32 kHz" in capsys.readouterr().out
    code = run(["clip", "--length", "12", "--seed", "3", "--filling", "repeat"])
    told = capsys.readouterr()
    if bpy.app.build_options.audaspace:
        assert (code, "1 sound files" in told.out) == (0, True)
        assert seconds(files(active())[0]) == 0.5
    else:
        assert "without audio" in told.err
