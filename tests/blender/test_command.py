"""`blender FILE.blend --command latent_strips …`, called as Blender calls it: `main`, with Blender's own `sys.argv`.

The `bpy` module has no `blender` to start. What Blender does with a file that it can't read (it goes on with an empty
one) is imitated by `sys.argv` and an empty file, as Blender 5.2.2 was seen to leave them.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import MODULE, active, add, digests, files, part

ROOT = Path(__file__).resolve().parents[2]


def run(words: str) -> int:
    return int(part("operators.blender.cli.main").main(shlex.split(words)))


def test_a_texture(scene: Any, capsys: Any) -> None:
    words = "texture --style rust --length 3 --frame-start 5 --channel 4 --no-loop --scale 2 --depth 16 --save"
    assert run(words) == 0
    strip = active()
    assert (strip.name, len(strip.elements), strip.channel) == ("Rust", 3, 4)
    assert (strip.latent_loop, strip.latent_scale, strip.latent_depth) == (False, 2.0, "16")
    printed = capsys.readouterr().out
    assert "Rust: 3 of 3 frames" in printed
    assert f"Rust: 3 frames in {files(strip)[0].parent}" in printed
    bpy.ops.wm.revert_mainfile()
    assert all(digests(active()))


@pytest.mark.one_blender
def test_verify_and_regenerate(scene: Any, capsys: Any) -> None:
    files(add(length=3))[0].unlink()
    assert run("verify") == 1
    assert "Slate: 1 missing, 0 changed" in capsys.readouterr().out
    assert run("regenerate") == 0
    assert "Slate: 1 files made" in capsys.readouterr().out
    assert run("verify") == 0
    active().latent_seed = 6
    assert run("verify") == 1
    assert "settings have changed" in capsys.readouterr().out
    assert run("regenerate --save") == 0
    bpy.ops.wm.revert_mainfile()
    assert run("verify") == 0


def test_all_scenes_or_one_and_all_strips_or_those_named(scene: Any, capsys: Any) -> None:
    add(length=1)
    add(length=1, style="rust")
    other = bpy.data.scenes.new("Other")
    assert run("texture --scene Other --style gold --length 1") == 0
    assert [strip.name for strip in part("operators.blender.compat").all_strips(other)] == ["Gold"]
    for words, names in (
        ("verify", {"Slate", "Rust", "Gold"}),
        ("verify --scene Other", {"Gold"}),
        ("verify --select Rust", {"Rust"}),
        ("verify --scene Other --select Gold", {"Gold"}),
    ):
        capsys.readouterr()
        assert run(words) == 0
        printed = capsys.readouterr().out
        assert {line.split(":")[0] for line in printed.splitlines() if "up to date" in line} == names
    assert part("operators.blender.compat").sequencer_scene(bpy.context) == scene


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("texture --style cheese", 2, "Error: Texture strips have no style 'cheese'"),
        ("texture --length 0", 2, "Error: Length 0 is not a whole number"),
        ("texture --generator unicorns", 3, "Error: There is no generator 'unicorns'"),
        ("texture --length many", 2, "invalid whole number value: 'many'"),
        ("texture --scene Nowhere", 2, "There is no scene 'Nowhere' in this file. There are: Scene"),
        ("verify --select nobody", 2, "There is no strip 'nobody' in Scene. There are: none"),
        ("transition", 2, "Error: Select two strips that meet"),
        ("mask", 2, "Error: Select a movie"),
        ("import nowhere.onnx", 1, "Error: "),
        ("subtitles nowhere.srt", 1, "can't be read"),
        ("", 2, "the following arguments are required: COMMAND"),
        ("dance", 2, "invalid choice: 'dance'"),
        ("subtitles", 2, "the following arguments are required: FILE"),
    ],
)
def test_failures_are_told_and_have_a_code(scene: Any, capsys: Any, words: str, code: int, message: str) -> None:
    assert run(words) == code
    assert message in capsys.readouterr().err
    assert not part("operators.blender.compat").all_strips(scene)


@pytest.mark.one_blender
def test_nothing_to_do_is_no_failure(scene: Any, capsys: Any) -> None:
    assert run("regenerate") == 0
    assert run("verify") == 0
    assert capsys.readouterr().out.count("No strip in this file was made by Latent Strips.") == 2


def blender(monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    """Run the command as Blender would that was called with these words."""
    monkeypatch.setattr(sys, "argv", ["blender", *argv])
    return int(part("operators.blender.cli.main").main(argv[argv.index("latent_strips") + 1 :]))


@pytest.mark.one_blender
@pytest.mark.parametrize("command", ["verify", "regenerate", "texture", "doctor", "generators"])
def test_a_file_that_is_not_there_is_no_success(scene: Any, monkeypatch: Any, capsys: Any, command: str) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)  # Blender's own answer to a file that it can't read
    assert blender(monkeypatch, "typo.blend", "--command", "latent_strips", command) == 4
    assert "typo.blend was not opened: there is no such file" in capsys.readouterr().err


def test_a_file_that_cant_be_read_is_no_success(scene: Any, monkeypatch: Any, capsys: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.blend").write_text("no Blender file")
    bpy.ops.wm.read_homefile(use_empty=True)
    for option in ("--command", "-c"):
        words = ("-noaudio", str(tmp_path / "bad.blend"), option, "latent_strips", "verify")
        assert blender(monkeypatch, *words) == 4
        assert "bad.blend was not opened: it can't be read" in capsys.readouterr().err


@pytest.mark.one_blender
def test_a_command_that_needs_a_file_says_so(scene: Any, monkeypatch: Any, capsys: Any) -> None:
    opened = bpy.data.filepath
    monkeypatch.chdir(Path(opened).parent)
    assert blender(monkeypatch, "film.blend", "--command", "latent_strips", "verify") == 0  # by a relative path
    bpy.ops.wm.read_homefile(use_empty=True)
    for command in ("verify", "texture"):
        assert blender(monkeypatch, "--command", "latent_strips", command) == 4
        assert "This command needs a .blend file" in capsys.readouterr().err
    assert blender(monkeypatch, "--command", "latent_strips", "generators") == 0


@pytest.mark.parametrize(("name", "code"), [("film", 1), pytest.param("typo", 4, marks=pytest.mark.one_blender)])
def test_another_process_ends_with_the_code(scene: Any, tmp_path: Path, name: str, code: int) -> None:
    files(add(length=1))[0].unlink()
    bpy.ops.wm.save_mainfile()
    script = tmp_path / "command.py"
    script.write_text(
        "import sys, bpy, addon_utils\n"
        f"addon_utils.enable({MODULE!r}, default_set=True)\n"
        "from importlib import import_module\n"
        "sys.argv[:] = ['blender', *sys.argv[1:]]\n"
        "try:\n    bpy.ops.wm.open_mainfile(filepath=sys.argv[1])\nexcept RuntimeError:\n    pass\n"
        f"main = import_module('{MODULE}.operators.blender.cli.main').main\n"
        "sys.exit(main(sys.argv[4:]))\n"
    )
    words = [sys.executable, str(script), str(tmp_path / f"{name}.blend"), "--command", "latent_strips", "verify"]
    found = subprocess.run(words, env=dict(os.environ), capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == code, found.stdout + found.stderr


#: What dialogs show in place of identifiers.
MENUS = {f"{name}_menu" for name in ("generator", "style", "style_b", "label", "label_b")}


@pytest.mark.one_blender
def test_help_tells_every_property_of_every_operator(scene: Any, capsys: Any) -> None:
    cli = part("operators.blender.cli.parser")
    assert {"texture", "matte", "sound", "music", "mask", "restyle", "transition", "subtitles", "react", "import"} <= {
        *cli.commands()
    }
    for name, operator in cli.commands().items():
        assert run(f"{name} --help") == 0
        printed = capsys.readouterr().out
        words = " ".join(printed.split())
        assert "example: blender " in words
        for each in cli.rna_of(operator).properties:
            if each.identifier not in cli._NOT_OPTIONS | {"filepath", "files", "ports"} | MENUS:
                assert f"--{each.identifier.replace('_', '-')}" in printed, (name, each.identifier)
                assert " ".join((each.description or each.name).split()) in words, (name, each.identifier)
    assert run("--help") == 0
    printed = capsys.readouterr().out
    assert "usage: blender FILE.blend --command latent_strips" in printed
    assert "4  there is no such .blend file" in printed


@pytest.mark.one_blender
def test_examples_are_what_the_commands_take(scene: Any) -> None:
    cli, main = part("operators.blender.cli.parser"), part("operators.blender.cli.main")
    examples = part("operators.blender.cli.examples").EXAMPLES
    assert examples.keys() <= cli.commands().keys()
    parser = cli.build(main._OWN)
    for words in examples.values():
        parser.parse_args(shlex.split(words))
