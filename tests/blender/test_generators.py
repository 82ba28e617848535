"""Bring your own generator, inside Blender: import, make, edit, remove, and what happens when it is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import draw, draw_preferences
from tests.helpers.blender.strips import active, digests, files, part, run, tick_until
from tests.helpers.tiny_network import network


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny_faces.onnx"
    path.write_bytes(network())
    return path


def entries() -> list[Any]:
    return part("operators.blender.preferences").library().of_kind("image")


def test_a_dropped_file_is_a_menu_entry_and_makes_a_strip(library: Path, model: Path, scene: Any) -> None:
    assert bpy.ops.latent_strips.generator_import(filepath=str(model)) == {"FINISHED"}
    (entry,) = entries()
    assert entry.card.label == "Tiny faces"
    assert scene.latent_strips.image.generator == entry.card.id
    assert bpy.ops.latent_strips.image_add(length=3, speed=4.0) == {"FINISHED"}
    strip = active()
    assert strip.name == "Tiny faces"
    assert len(set(digests(strip))) == 3
    assert tuple(bpy.data.images.load(str(files(strip)[0])).size) == (64, 48)
    strip.latent_seed_b, strip.latent_mix = 7, 0.5
    strip.keyframe_insert("latent_mix", frame=1)
    before = digests(strip)
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    assert digests(active()) != before
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}


@pytest.mark.one_blender
def test_a_folder_and_several_files(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for seed in range(3):
        (folder / f"net{seed}.onnx").write_bytes(network(seed))
    (folder / "bad.onnx").write_bytes(b"GIF89a")
    assert bpy.ops.latent_strips.generator_import(filepath=str(folder)) == {"FINISHED"}
    assert {entry.card.label for entry in entries()} == {"Net0", "Net1", "Net2"}
    names = [{"name": "net1.onnx"}, {"name": "net2.onnx"}]
    assert bpy.ops.latent_strips.generator_import(directory=str(folder), files=names) == {"FINISHED"}
    assert len(entries()) == 3


@pytest.mark.one_blender
def test_refusals_reach_the_script(library: Path, tmp_path: Path, scene: Any) -> None:
    (tmp_path / "evil.onnx").write_bytes(network(domain="com.evil"))
    (tmp_path / "empty").mkdir()
    for name, says in (
        ("evil.onnx", "'Tanh' of 'com.evil'"),
        ("gone.onnx", "can't be read"),
        ("empty", "holds no .onnx"),
    ):
        with pytest.raises(RuntimeError, match=says):
            bpy.ops.latent_strips.generator_import(filepath=str(tmp_path / name))
    assert list(library.iterdir()) == []
    with pytest.raises(RuntimeError, match=r"No generator for image strips is installed\. Import one\."):
        bpy.ops.latent_strips.image_add(length=1)


@pytest.mark.one_blender
def test_importing_live(
    library: Path, model: Path, tmp_path: Path, scene: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    imports = part("operators.blender.library.imports")
    (tmp_path / "bad.onnx").write_bytes(b"GIF89a")
    imports.start([model, tmp_path / "bad.onnx"])
    imports.start([model])  # another one waits its turn
    assert imports.importing() == ["tiny_faces.onnx", "bad.onnx", "tiny_faces.onnx"]
    tick_until(lambda: not imports.importing())
    told = capfd.readouterr().out
    assert "Tiny faces: image" in told
    assert "bad.onnx: " in told
    assert "was there already" in told
    assert [entry.card.label for entry in entries()] == ["Tiny faces"]
    assert scene.latent_strips.image.generator == entries()[0].card.id


@pytest.mark.one_blender
def test_edit_rename_export_remove(
    library: Path, model: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    id = entries()[0].card.id
    bpy.ops.latent_strips.image_add(length=1)
    before, name = digests(active()), active().name
    edit = bpy.ops.latent_strips.generator_edit
    assert edit(generator=id, label="Faces", changes=json.dumps({"image": {"order": "bgr", "low": -2.0}})) == {
        "FINISHED"
    }
    (entry,) = entries()
    assert (entry.card.label, entry.card.outputs[0].order, entry.card.outputs[0].low) == ("Faces", "bgr", -2.0)
    assert digests(active()) == before  # the strip keeps its frames until it is regenerated
    assert edit(generator=id, license="CC BY 4.0") == {"FINISHED"}
    assert (entries()[0].card.label, entries()[0].card.license) == ("Faces", "CC BY 4.0")
    assert entries()[0].card.digest == entry.card.digest
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    assert digests(active()) != before
    with pytest.raises(RuntimeError, match="not a JSON object"):
        edit(generator=id, changes="[1")
    with pytest.raises(RuntimeError, match="impossible"):
        edit(generator=id, changes=json.dumps({"image": {"low": 5.0}}))
    with pytest.raises(RuntimeError, match="has no latent input"):
        edit(generator=id, changes=json.dumps({"z": {"role": "noise"}}))
    assert entries()[0].card.outputs[0].low == -2.0  # what did not work is undone
    assert entries()[0].card.inputs[0].role == "latent"
    target = tmp_path / "card.json"
    assert bpy.ops.latent_strips.generator_export_card(generator=id, filepath=str(target)) == {"FINISHED"}
    assert json.loads(target.read_text())["outputs"][0]["order"] == "bgr"
    assert bpy.ops.latent_strips.generator_remove(generator=id) == {"FINISHED"}
    assert name in capfd.readouterr().out
    assert list(library.glob("*.onnx")) == []
    with pytest.raises(RuntimeError, match="ships with the extension"):
        bpy.ops.latent_strips.generator_remove(generator="latent_materials")


def test_the_dialog_shows_every_port_and_changes_only_what_was_touched(library: Path, model: Path) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    card = entries()[0].card
    ports = part("operators.blender.library.port_properties")
    shown = bpy.context.window_manager
    bpy.types.WindowManager.latent_test = bpy.props.CollectionProperty(type=ports.LatentStripsPort)
    try:
        for each, is_output in ((card.inputs[0], False), (card.outputs[0], True)):
            item = shown.latent_test.add()
            ports.show(item, each, is_output)
            assert ports.changed(item, each) == {}
        item.low, item.mean, item.std = -0.5, "0.1 0.2 0.3", "1, 1, 1"
        found = ports.changed(item, card.outputs[0])
        assert found == {"low": -0.5, "mean": pytest.approx((0.1, 0.2, 0.3)), "std": (1, 1, 1)}
        item.mean = "much"
        with pytest.raises(part("models.errors").GeneratorError, match="numbers"):
            ports.changed(item, card.outputs[0])
    finally:
        del bpy.types.WindowManager.latent_test


@pytest.mark.one_blender
def test_a_missing_generator_is_one_message_with_its_digest(library: Path, model: Path, scene: Any) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    bpy.ops.latent_strips.image_add(length=2)
    digest = json.loads(active()["latent_recipe"])["digest"]
    bpy.ops.latent_strips.generator_remove(generator=entries()[0].card.id)
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.revert_mainfile()
    state = part("operators.blender.timeline.state")
    assert digest[:12] in state.problem(bpy.context.scene, active())
    assert all(digests(active()))  # what was made is there
    assert not state.is_stale(bpy.context.scene, active())  # and renders
    with pytest.raises(RuntimeError, match="no generator"):
        bpy.ops.latent_strips.regenerate()
    assert all(digests(active()))


@pytest.mark.one_blender
def test_a_quarantined_generator_is_named_and_released(library: Path, model: Path) -> None:
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    card = entries()[0].card
    part("models.library.user").quarantine([library], card.digest, "exit code -11")
    with pytest.raises(RuntimeError, match=r"in quarantine.*exit code -11"):
        bpy.ops.latent_strips.image_add(length=1)
    assert bpy.ops.latent_strips.generator_release(generator=card.id) == {"FINISHED"}
    assert bpy.ops.latent_strips.image_add(length=1) == {"FINISHED"}


def test_the_panels_show_the_library_and_the_knobs_that_there_are(library: Path, model: Path, scene: Any) -> None:
    scene.latent_strips.making = "image"
    before = draw()
    assert "Import a generator first" in before
    assert part("operators.blender.preferences").library().entries()[0].card.label in draw_preferences()
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    bpy.ops.latent_strips.image_add(length=1)
    drawn = [*draw(), *draw_preferences()]
    wanted = {"Tiny faces", "latent_strips.generator_edit", "truncation", "latent_truncation", "fit"}
    assert wanted <= set(drawn)
    # This generator has none of its own.
    assert all(drawn.count(name) == before.count(name) for name in ("knob_1", "layers", "label"))
    part("models.library.user").quarantine([library], entries()[0].card.digest, "exit code -11")
    assert "In quarantine: exit code -11" in draw_preferences()
    bpy.ops.latent_strips.generator_remove(generator=entries()[0].card.id)
    part("operators.blender.timeline.state").forget()  # what was drawn a moment ago is not worked out again at once
    assert "is not installed" in " ".join(draw())


@pytest.mark.one_blender
def test_the_library_says_what_a_generator_is(library: Path, model: Path, tmp_path: Path, scene: Any) -> None:
    card = tmp_path / "tiny_faces.json"
    bpy.ops.latent_strips.generator_import(filepath=str(model), label="Faces")
    id = entries()[0].card.id
    told = " ".join(draw_preferences())
    about = part("models.library.user").about(entries()[0])
    assert f"Image, {model.stat().st_size / 1e6:.1f} MB, license unknown, 8×8, {about.seconds * 1000:.3g} ms" in told
    assert about.provider == "cpu"
    assert "z: latent, image: image" in told
    assert {
        "latent_strips.generator_edit",
        "latent_strips.generator_export_card",
        "latent_strips.generator_remove",
    } <= {*draw_preferences()}
    assert entries()[0].path.with_suffix(".png").read_bytes()[:4] == b"\x89PNG"  # the thumbnail
    # A card that was exported, and written on by hand, comes back with the file.
    bpy.ops.latent_strips.generator_export_card(generator=id, filepath=str(card))
    written = json.loads(card.read_text())
    card.write_text(json.dumps({**written, "licence": "CC0-1.0", "label": "Cats"}))
    bpy.ops.latent_strips.generator_remove(generator=id)
    assert list(library.iterdir()) == []
    bpy.ops.latent_strips.generator_import(filepath=str(model))
    assert (entries()[0].card.label, entries()[0].card.license) == ("Cats", "CC0-1.0")
    assert "license CC0-1.0" in " ".join(draw_preferences())


def test_files_are_dropped_on_the_sequencer_alone(scene: Any) -> None:
    from types import SimpleNamespace

    handler = part("operators.generator_import").LATENT_STRIPS_FH_onnx
    assert handler.bl_file_extensions == ".onnx"
    for kind, taken in (("SEQUENCE_EDITOR", True), ("VIEW_3D", False)):
        assert handler.poll_drop(SimpleNamespace(area=SimpleNamespace(type=kind))) == taken
    assert not handler.poll_drop(SimpleNamespace(area=None))


def test_the_doctor_finds_nothing_broken_here(scene: Any) -> None:
    assert bpy.ops.latent_strips.doctor() == {"FINISHED"}
    found = {finding.name: finding for finding in part("operators.blender.library.doctor").last}
    assert {
        "Python",
        "onnxruntime",
        "av",
        "Runtime",
        "Trial",
        "Models",
        "Generators folder",
        "Frames folder",
    } <= found.keys()
    assert "error" not in {finding.state for finding in found.values()}


@pytest.mark.one_blender
def test_the_command_line(library: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"GIF89a")
    assert run(["import", str(model), str(tmp_path / "bad.onnx"), "--label", "Mine"]) == 1
    told = capsys.readouterr()
    assert "Mine: image, 8×8" in told.out
    assert "bad.onnx: is not an ONNX" in told.err
    assert run(["generators"]) == 0
    assert "Mine, image, unknown" in capsys.readouterr().out
    assert run(["image", "--length", "2", "--seed", "3"]) == 0
    assert run(["doctor"]) == 0
    assert "fine    Runtime: onnxruntime" in capsys.readouterr().out
