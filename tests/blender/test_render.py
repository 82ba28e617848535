"""A render shows what the strips should be, or doesn't start."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import MODULE, active, add, add_live, digests, files, part, tick_until
from tests.helpers.squares import square_font


@pytest.fixture
def film(scene: Any, tmp_path: Path) -> Any:
    """A scene of four frames that renders to `tmp_path/out`."""
    scene.frame_end = 4
    scene.render.filepath = str(tmp_path / "out") + "/"
    return scene


def render() -> list[Path]:
    """Render the film and return the pictures."""
    bpy.ops.render.render(animation=True)
    return sorted(Path(bpy.context.scene.render.filepath).glob("*.png"))


def test_missing_frames_are_made_first(film: Any) -> None:
    before = digests(add())
    files(active())[1].unlink()
    assert len(render()) == 4
    assert digests(active()) == before


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x89PNG", id="truncated", marks=pytest.mark.one_blender),
        pytest.param(b"x" * 100_000, id="exchanged", marks=pytest.mark.one_blender),
    ],
)
def test_damaged_frames_are_made_first(film: Any, tmp_path: Path, damage: bytes) -> None:
    before = digests(add())
    files(active())[1].write_bytes(damage)
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)  # where it is noticed, before anything is rendered
    state = part("operators.blender.timeline.state")
    assert state.problem(bpy.context.scene, active()) == "1 files are not what was made"
    assert len(render()) == 4
    assert digests(active()) == before


def test_no_other_generator_stands_in_during_a_render(film: Any, capfd: Any) -> None:
    add()
    recipe = json.loads(active()["latent_recipe"])
    active()["latent_recipe"] = json.dumps(recipe | {"digest": "0" * 64}, sort_keys=True, separators=(",", ":"))
    before = digests(active())
    assert len(render()) == 4  # all that it shows is there
    assert digests(active()) == before
    files(active())[1].unlink()
    with pytest.raises(RuntimeError):
        bpy.ops.render.render(animation=True)
    assert "is not installed" in capfd.readouterr().err
    assert [path.exists() for path in files(active())] == [True, False, True, True]


def test_a_title_whose_font_is_gone_is_rendered_as_it_was_made(film: Any, capfd: Any, tmp_path: Path) -> None:
    font = tmp_path / "Gone.ttf"
    square_font(font, dict.fromkeys("Hi ", 0.5))
    text = part("operators.blender.compat").new_text(film, "Words", 1, 1, 4)
    text.text, text.font_size, text.select = "Hi", 20, True
    text.font = bpy.data.fonts.load(str(font))
    assert bpy.ops.latent_strips.text_style(style="gold") == {"FINISHED"}
    overlay = active().name
    before = digests(active())
    font.unlink()
    bpy.context.scene.sequence_editor.active_strip.latent_seed = 9  # stale, but for no other font
    assert len(render()) == 4
    assert digests(part("operators.blender.compat").named(film, overlay)) == before
    assert "is rendered as it was made: its font" in capfd.readouterr().out
    files(part("operators.blender.compat").named(film, overlay))[0].unlink()
    with pytest.raises(RuntimeError):
        bpy.ops.render.render(animation=True)
    assert "is not on this machine. Install the font" in capfd.readouterr().err


def test_stale_frames_are_made_first(film: Any) -> None:
    before = digests(add())
    active().latent_seed = 8
    assert len(render()) == 4
    assert digests(active()) != before
    assert not part("operators.blender.timeline.state").is_stale(film, active())


def test_the_picture_is_the_strips(film: Any) -> None:
    add(style="rust")
    film.view_settings.view_transform = "Standard"
    first = render()[0]
    shown, made = bpy.data.images.load(str(first)), bpy.data.images.load(str(files(active())[0]))
    difference = max(abs(a - b) for a, b in zip(shown.pixels[:], made.pixels[:], strict=True))
    assert difference < 2 / 255


def test_a_render_that_cant_be_right_is_refused(film: Any, capfd: Any, tmp_path: Path, preferences: Any) -> None:
    add()
    active().latent_seed = 8
    (tmp_path / "file").write_text("")
    preferences.folder = str(tmp_path / "file" / "frames")
    with pytest.raises(RuntimeError):
        render()
    assert "render canceled" in capfd.readouterr().err
    assert not Path(film.render.filepath).exists()
    preferences.folder = ""
    assert len(render()) == 4  # nothing that was changed to refuse the render stays
    assert not film.render.use_border


def test_a_refused_render_leaves_no_trace_in_the_file(film: Any, tmp_path: Path, preferences: Any) -> None:
    add()
    files(active())[0].parent.rename(tmp_path / "gone")
    (tmp_path / "file").write_text("")
    preferences.folder = str(tmp_path / "file" / "frames")
    active().directory = "//elsewhere/"
    with pytest.raises(RuntimeError):
        render()
    bpy.ops.wm.save_mainfile()
    assert not film.render.use_border


def test_muted_strips_are_left_alone(film: Any) -> None:
    add(seed=1)  # or there would be nothing to render
    files(add())[1].unlink()
    active().mute = True
    render()
    assert not files(active())[1].exists()


def test_strips_of_other_scenes_in_the_film_are_made(film: Any) -> None:
    add()
    files(active())[1].unlink()
    pending = part("operators.blender.jobs.pending")
    main = bpy.data.scenes.new("Main")
    compat = part("operators.blender.compat")
    compat.strips(main).new_scene("Inner", film, 1, 1)
    assert [(scene.name, strip.name) for scene, strip in pending.of("Main")[0]] == [(film.name, "Slate")]


def test_a_render_from_the_window_waits_aside_for_the_live_jobs(film: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    todo: list[Any] = []
    monkeypatch.setattr(bpy.app.timers, "register", lambda function, **_: todo.append(function))
    before = digests(add())
    files(active())[1].unlink()
    handlers = part("operators.blender.handlers")
    thread = threading.Thread(target=handlers.make_before_render, args=(film,), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while thread.is_alive():  # this is the main thread, whose timers background mode doesn't run
        assert time.monotonic() < end
        if todo and (function := todo.pop(0))() is not None:
            todo.append(function)
        time.sleep(0.01)
    assert digests(active()) == before
    assert not film.render.use_border


COMMAND_LINE = """
import sys, bpy, addon_utils
addon_utils.enable({module!r}, default_set=True)
bpy.ops.wm.open_mainfile(filepath={file!r})
bpy.context.preferences.addons[{module!r}].preferences.folder = {folder!r}
sys.argv = ["blender", "-b", {file!r}, "-a"]
bpy.ops.render.render(animation=True)
"""


@pytest.mark.parametrize("is_writable", [pytest.param(True, marks=pytest.mark.one_blender), False])
def test_blender_a_exits_with_a_failure_when_frames_cant_be_made(film: Any, tmp_path: Path, is_writable: bool) -> None:
    add()
    active().latent_seed = 8
    bpy.ops.wm.save_mainfile()
    (tmp_path / "file").write_text("")
    folder = "" if is_writable else str(tmp_path / "file" / "frames")
    code = COMMAND_LINE.format(module=MODULE, file=bpy.data.filepath, folder=folder)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    pictures = list((tmp_path / "out").glob("*.png"))
    if is_writable:
        assert done.returncode == 0, done.stderr
        assert len(pictures) == 4
    else:
        assert done.returncode != 0
        assert "Error: Latent Strips: render canceled." in done.stderr
        assert pictures == []


def test_a_render_waits_for_what_is_being_made(film: Any) -> None:
    job = add_live(length=4)
    assert len(render()) == 4
    assert all(digests(active()))
    tick_until(lambda: not job.unfinished)
