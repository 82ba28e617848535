"""Everything that a user reads, gathered from the code: what a language has to translate.

From the syntax of the files come errors, reports and what panels draw; `{}` stands for what is filled in. From the
registered classes come labels and tooltips. From the shipped files come the names of generators and styles.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.gallery.categories import CATEGORIES
from models.library.catalog import SHIPPED, Library
from models.presets.store import shipped

ROOT = Path(__file__).resolve().parents[2]
ROOMS = "api", "operators", "panels", "models"
#: Read by people who write commands or by developers, in English: the command line, what never ships, and what a
#: console says of a language file.
ELSEWHERE = "models/training/", "operators/blender/cli/", "operators/blender/languages/"
#: Arguments and calls whose texts are drawn, however short they are.
DRAWN = {"text", "heading", "title", "label"}
_SENTENCE = re.compile(r"[A-Z]\S*[a-z…]\S* \S|[A-Z{].*\w .*\w")
#: Words that are filled into a sentence, or follow the name of a file: "has {} of the same name".
_PHRASE = re.compile(r"[a-z{,][\w{}'’/-]*([,;:.)]* [\w{}(×’'+−–-]+)+[,;:.…?)\w(){}]*( .*)?")
_LABEL = re.compile("[A-Z][a-z]{2,}( [A-Z][a-z]+)*")
#: Words that a file or an error is searched for, that a card or another program reads, or that `help()` shows.
_ELSEWHERE = {
    "next state", "fast neural style", "allocate memory", "bad allocation", "script info", "v4 styles", "v4+ styles",
    "{} frame {}", "{} failed {}", "{}: {} (default: {})",
    "tile and blend: pieces of the photograph, which is in the file, blended by its histograms",
}  # fmt: skip


def written() -> dict[str, str]:
    """Return the texts of all files, each with the file where it stands first."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(ELSEWHERE):
                for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
                    found.setdefault(text, name)
    return found


def _texts(tree: ast.Module) -> Iterator[str]:
    described = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    keys = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)}
    keys |= {id(part) for node in ast.walk(tree) if _is_argument(node) for part in ast.walk(node)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    drawn = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in DRAWN
        for each in ast.walk(node.value)
    }
    drawn |= {id(each) for each in _labels(tree) if _LABEL.fullmatch(form(each))}
    for node in ast.walk(tree):
        text = form(node) if id(node) not in described | keys | parts else ""
        is_read = id(node) in drawn or _SENTENCE.match(text.strip()) or _PHRASE.fullmatch(text.strip())
        letters = 3 if "{}" in text else 2  # a form of fewer, such as "{} to {}", is found in any sentence
        if re.search(f"[A-Za-z]{{{letters}}}", text.replace("{}", "")) and is_read and text.strip() not in _ELSEWHERE:
            yield text


def _labels(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield where words may be labels: second in a tuple, what a class is made with, what is translated, returned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and 2 <= len(node.elts) <= 5:
            yield node.elts[1]
        called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and called[:1].isupper() and called != "TypeVar":
            yield from node.args
        if called == "translated":
            yield from ast.walk(node)
        if isinstance(node, ast.Return) and node.value:
            yield from (node.value.body, node.value.orelse) if isinstance(node.value, ast.IfExp) else (node.value,)


def _is_argument(node: ast.AST) -> bool:
    """Whether it declares an argument of a command, whose help stays English."""
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("add_argument", "ArgumentParser")


def form(node: ast.AST) -> str:
    """Return a string, or an f-string with `{}` for what it fills in; "" for all else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{![ars]\}", "{}", node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(form(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def named() -> dict[str, str]:
    """Return the names of shipped generators, styles, numbers and presets, and of categories, each with its file."""
    found: dict[str, str] = {}
    for entry in Library((SHIPPED,)).entries():
        card = entry.card
        ports = [port.label for port in card.inputs if port.role in ("number", "switch")]
        for text in (card.label, *(style.label for style in card.styles), *ports):
            found.setdefault(text, entry.path.name)
    found |= {preset.name: "presets.json" for preset in shipped()}
    found |= dict.fromkeys(CATEGORIES.values(), "models/gallery/categories.py")
    return {text: file for text, file in found.items() if text}


def registered(prefix: str) -> dict[str, str]:
    """Return the labels, tooltips and entries of menus of all classes that Blender has registered for the extension.

    `prefix` is the package whose classes count. Needs bpy.
    """
    import bpy

    found: dict[str, str] = {}
    described = bpy.types.Operator, bpy.types.Panel, bpy.types.Menu
    for base in (*described, bpy.types.PropertyGroup, bpy.types.AddonPreferences):
        for each in base.__subclasses__():
            if each.__module__.startswith(prefix) and hasattr(each, "bl_rna"):
                about = getattr(each, "bl_description", "") or (each.__doc__ or "").strip()
                texts = (getattr(each, "bl_label", ""), about) if base in described else ()
                for text in (*texts, *_properties(each, base)):
                    found.setdefault(text, each.__name__)
    return found


def _properties(each: Any, base: Any) -> Iterator[str]:
    """Yield the texts of the properties that a class adds to its base."""
    import bpy

    made = each.bl_rna
    if base is bpy.types.Operator:  # an operator's properties are a class of their own
        room, name = each.bl_idname.split(".")
        made = getattr(getattr(bpy.ops, room), name).get_rna_type()
    for one in made.properties:
        if one.identifier not in base.bl_rna.properties:
            yield from (one.name if one.name != one.identifier else "", one.description)  # a name, unless it has none
            for item in getattr(one, "enum_items_static", ()):
                yield from (item.name, item.description)
