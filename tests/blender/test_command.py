"""`blender FILE.blend --command latent_strips …`, called as Blender calls it."""

from __future__ import annotations

from typing import Any

import bpy
import pytest

from tests.blender.tools import active, add, digests, files, part


def run(words: str) -> int:
    return int(part("operators.blender.cli.main").main(words.split()))


def test_make(scene: Any, capsys: Any) -> None:
    assert run("make --style rust --length 3 --start 5 --channel 4 --no-loop --scale 2 --depth 16 --save") == 0
    strip = active()
    assert (strip.name, len(strip.elements), strip.channel) == ("Rust", 3, 4)
    assert (strip.latent_loop, strip.latent_scale, strip.latent_depth) == (False, 2.0, "16")
    printed = capsys.readouterr().out
    assert "Rust: 3 of 3 frames" in printed
    assert f"Rust: 3 frames in {files(strip)[0].parent}" in printed
    bpy.ops.wm.revert_mainfile()
    assert all(digests(active()))


def test_verify_and_regenerate(scene: Any, capsys: Any) -> None:
    files(add(length=3))[0].unlink()
    assert run("verify") == 1
    assert "Scene: Slate: 1 missing, 0 changed" in capsys.readouterr().out
    assert run("regenerate") == 0
    assert "Scene: Slate: 1 frames made" in capsys.readouterr().out
    assert run("verify") == 0
    active().latent_seed = 6
    assert run("verify") == 1
    assert "settings have changed" in capsys.readouterr().out
    assert run("regenerate --save") == 0
    bpy.ops.wm.revert_mainfile()
    assert run("verify") == 0


def test_failures_are_told_and_counted(scene: Any, capsys: Any) -> None:
    assert run("make --style cheese") == 1
    assert "Error: Latent materials has no style 'cheese'" in capsys.readouterr().err
    assert run("make --length 0") == 1
    assert run("regenerate") == 0
    assert "No strip in this file" in capsys.readouterr().out


def test_saving_needs_a_name(scene: Any, capsys: Any) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    assert run("make --length 1 --width 16 --height 16 --save") == 1
    assert "no name yet" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "code"), [("", 2), ("dance", 2), ("make --length many", 2), ("--help", 0)])
def test_wrong_words(scene: Any, capsys: Any, words: str, code: int) -> None:
    assert run(words) == code
    captured = capsys.readouterr()
    assert "usage: blender FILE.blend --command latent_strips" in captured.out + captured.err


def test_help_tells_every_option(scene: Any, capsys: Any) -> None:
    assert run("make --help") == 0
    printed = capsys.readouterr().out
    for parameter in part("models.kinds").kind("texture").parameters:
        assert f"--{parameter.name.replace('_', '-')} " in printed
