"""Languages: complete, nothing left over, and a file that doesn't fit leaves English. No version of Blender decides."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import messages

pytestmark = pytest.mark.one_blender
MODULE = "bl_ext.user_default.latent_strips"
FILES = sorted((messages.ROOT / "operators/blender/languages").glob("*.json"))


def part(name: str) -> Any:
    return sys.modules[f"{MODULE}.operators.blender.languages.{name}"]


def texts() -> dict[str, str]:
    """Return all that is read in the interface, without the full stop of a tooltip."""
    found = messages.written() | messages.named() | messages.registered(MODULE)
    found = {text.strip(" ,"): where for text, where in found.items() if any(map(str.isalpha, text))}
    return found | dict.fromkeys(part("language").JOINTS, "language.py")


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_language_has_every_text_and_no_other(extension: Any, file: Path) -> None:
    """What is missing is printed as JSON, ready to be translated."""
    language = part("language").Language.read(file)
    assert language.problems == []
    wanted = texts()
    missing = {text: where for text, where in wanted.items() if text not in language.words}
    assert not missing, json.dumps(missing, indent=1, ensure_ascii=False)
    assert language.words.keys() - wanted.keys() == set()


def test_settings_are_not_taken_for_words_of_blender(extension: Any) -> None:
    """ "Pitch" is an angle in Blender's languages. This Blender has none, but tells where it would look."""
    for kind in bpy.types.Scene.bl_rna.properties["latent_strips"].fixed_type.properties:
        if kind.type == "POINTER" and kind.identifier != "rna_type":
            own = [each for each in kind.fixed_type.properties if each.identifier not in ("rna_type", "name")]
            assert {each.translation_context for each in own} == {part("catalog").CONTEXT}, kind.identifier


@pytest.fixture
def language(extension: Any) -> Any:
    words = {
        "Frame {} of {}": "共 {1} 帧，第 {0} 帧",
        "Texture": "纹理",
        "{} failed": "{}失败",
        "Try again.": "请重试。",
        "Frame {} is lost.": "第 {} 帧丢失。",
        "{} missing": "{} 个缺失",
        "{} changed": "已更改 {} 个",
        ", ": "，",
        "no sound": "没有声音",
        "{}: can't be read ({}).": "{}：无法读取（{}）。",
    }
    return part("language").Language(words)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Texture", "纹理"),
        ("Frame 3 of 10", "共 10 帧，第 3 帧"),
        ("texture failed", "纹理失败"),
        ("Line\nbreak failed", "Line\nbreak失败"),
        ("Frame 3 is lost. Try again.", "第 3 帧丢失。请重试。"),
        ("A. B failed", "A. B失败"),
        ("Unknown! Try again.", "Unknown! 请重试。"),
        ("a.wav: can't be read (no sound).", "a.wav：无法读取（没有声音）。"),
        ("a.wav: can't be read (2 missing, no sound).", "a.wav：无法读取（2 个缺失，没有声音）。"),
        ("2 missing, 3 changed", "2 个缺失，已更改 3 个"),
        ("Strip: 2 missing, texture, (texture, 3)", "Strip: 2 个缺失，纹理，(texture, 3)"),
        ("Nobody knows this", "Nobody knows this"),
    ],
)
def test_messages_are_found_by_their_form(language: Any, text: str, wanted: str) -> None:
    assert language.translated(text) == wanted


@pytest.mark.parametrize(
    "words",
    [{"{} a": "a"}, {"{} a": "{} {}"}, {"{} a": "{0} {"}, {"a": ""}, {"a": 3}, {"{} {}": "{0} {}"}, {"a": "{name}"}],
    ids=str,
)
def test_a_translation_that_does_not_fit_leaves_english(extension: Any, words: dict[str, object]) -> None:
    made = part("language").Language({**words, "Texture": "纹理"})
    assert len(made.problems) == 1
    assert [made.translated(text.replace("{}", "7")) for text in words] == [text.replace("{}", "7") for text in words]
    assert made.translated("Texture") == "纹理"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"a": '], ids=repr)
def test_a_damaged_file_is_reported_and_the_interface_stays_in_english(
    extension: Any, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "xx.json").write_bytes(content)
    made = part("language").Language.read(tmp_path / "xx.json")
    assert "stays in English" in made.problems[0]
    assert made.translated("Texture") == "Texture"


@settings(deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200), columns=st.integers(4, 60))
def test_lines_lose_nothing_and_are_no_longer_than_asked(extension: Any, text: str, columns: int) -> None:
    wrapping = part("wrapping")
    made = wrapping.lines(text, columns)
    assert "".join("".join(made).split()) == "".join(text.split())
    assert all(len(line) <= columns for line in made)


def test_chinese_is_broken_between_characters_and_not_before_punctuation(extension: Any) -> None:
    made = part("wrapping").lines("纹理正在生成，请稍候。", 12)
    assert made == ["纹理正在生", "成，请稍候。"]
