"""Labels, tooltips, errors and prose read like Blender's own: the part of it that a machine can hold.

The texts are read from the source. Labels are in Title Case, labels and tooltips end without a period, errors end with
one, spelling is American, and none of the constructions is used that readers stumbled over.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(
    path
    for pattern in ("*.py", "api/*.py", "models/**/*.py", "operators/**/*.py", "panels/**/*.py")
    for path in ROOT.glob(pattern)
    if "training" not in path.parts and path.name != "noxfile.py"
)
CODE = sorted({*SHIPPED, *(p for folder in ("models", "tests", "docs", ".ci") for p in ROOT.glob(f"{folder}/**/*.py"))})
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

#: Words that Title Case leaves small, unless they come first.
SMALL = {
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "onto", "or", "per", "the", "to",
    "with", "vs", "s",
}  # fmt: skip
#: Calls whose named or positional texts are labels and tooltips: (function, label, description).
DECLARES = {"Parameter": (3, 4), "Choice": (1, 2)}
PROPERTIES = re.compile(r"(Int|Float|Bool|String|Enum|FloatVector|Pointer|Collection)Property")

#: British spellings, and what Americans write.
BRITISH = re.compile(
    r"\b(?:colou?red?(?<=our)s?|colour\w*|grey\w*|licence\w*|centre\w*|centred|neighbour\w*|behaviour\w*|favourite\w*|"
    r"flavour\w*|catalogue\w*|analyse\w*|(?:initial|normal|memor|organ|recogn|synthes|quant|general|special|optim|real|"
    r"minim|maxim|summar|util|equal|character|visual|random|serial|polar|token|regular|vector)is(?:e|ed|es|ing|ation|er)s?|"
    r"millimetre\w*|learnt|spelt|cancell(?:ed|ing)|labell(?:ed|ing)|modell(?:ed|ing)|travell\w+|programme|"
    r"aluminium|defence|artefact\w*|watercolour\w*)\b",
    re.IGNORECASE,
)
#: Stored names that old recipes, cards and files hold, and what other libraries and formats call themselves.
STORED = re.compile(
    r"CANCELLED|[Ww]atercolour|[Cc]olourfulness|[Gg]rey_noise|grey_bytes|\"grey\"|Artefakt|"
    r"outline_colour|box_colour|shadow_colour|\bcolours?\b(?=[\"'`])|[\"'`]licence[\"'`]|\blicence ?="
)
#: What readers stumbled over, in labels, tooltips and errors.
STUMBLES = re.compile(
    r"(?<!there )\b(?:is|are) no (?!longer|more)|no strip uses|of one's own|\banew\b|\bby hand\b|written down|"
    r"stranger|\bof your own\b|\bthere is none of\b|the same each time",
    re.IGNORECASE,
)

#: What has a word of its own (third-party, procedural, again) wherever somebody reads it, in code and pages too.
VAGUE = re.compile(r"\bstranger|\banew\b|\bby hand\b|\bwritten down\b", re.IGNORECASE)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def constant(node: ast.expr | None) -> str:
    """The text of an expression, with `…` for what is filled in; "" for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return constant(node.left) + constant(node.right)
    return ""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def named(call: ast.Call, *names: str) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg in names:
            yield constant(keyword.value)


def declared(path: Path, which: int) -> Iterator[str]:
    """Labels (0) or tooltips (1) of parameters, properties, panels and operators in a file."""
    for name, call in calls(path):
        if name in DECLARES:
            place = DECLARES[name][which]
            yield constant(call.args[place]) if len(call.args) > place else ""
        elif PROPERTIES.fullmatch(name):
            yield from named(call, ("name", "description")[which])
        elif which == 0 and name in ("label", "operator", "menu", "prop", "popover"):
            yield from (text for text in named(call, "text") if name != "label")
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id in ("bl_label", "label") and which == 0:
                yield constant(node.value)
            if node.targets[0].id in ("bl_description", "description") and which == 1:
                yield constant(node.value)
        is_operator = isinstance(node, ast.ClassDef) and "_OT_" in node.name
        if which == 1 and is_operator and isinstance(node, ast.ClassDef):
            yield ast.get_docstring(node) or ""


def texts(which: int) -> list[tuple[str, str]]:
    found = [
        (str(path.relative_to(ROOT)), " ".join(text.split()))
        for path in SHIPPED
        if path.parts[len(ROOT.parts)] in ("api", "operators", "panels") or "kinds" in path.parts
        for text in declared(path, which)
        if text and text != "…"
    ]
    assert len(found) > 100
    return found


def is_title(label: str) -> bool:
    words = [word for word in re.split(r"[\s/]+", label) if re.search(r"[^\W\d_]", word)]
    starts = [re.search(r"[^\W\d_]", word).group() for word in words]  # type: ignore[union-attr]
    return all(
        start.isupper() or "…" in word or (n > 0 and word.strip("().,").lower() in SMALL)
        for n, (word, start) in enumerate(zip(words, starts, strict=True))
    )


def test_labels_are_in_title_case() -> None:
    assert [(path, label) for path, label in texts(0) if not is_title(label)] == []


@pytest.mark.parametrize("which", [0, 1], ids=["labels", "tooltips"])
def test_labels_and_tooltips_end_without_a_period(which: int) -> None:
    assert [(path, text) for path, text in texts(which) if text.endswith(".")] == []


def test_tooltips_begin_with_a_capital() -> None:
    assert [(path, text) for path, text in texts(1) if text[0].islower()] == []


def errors() -> Iterator[tuple[str, str]]:
    """(file, message) of each error of this extension's own that is raised, where the message is written there."""
    for path in SHIPPED:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                name = getattr(node.exc.func, "id", "")
                message = constant(node.exc.args[0])
                ours = (name.endswith("Error") and name != "ValueError") or name.startswith("Generator")
                if ours and " " in message:
                    yield str(path.relative_to(ROOT)), message


def test_errors_are_sentences() -> None:
    found = list(errors())
    assert len(found) > 100
    assert [each for each in found if not each[1].rstrip("…").endswith((".", "?", ")")) and each[1][-1] != "…"] == []


def test_nothing_reads_like_a_riddle() -> None:
    found = [*texts(0), *texts(1), *errors()]
    assert [(path, text) for path, text in found if STUMBLES.search(text)] == []


def test_docstrings_comments_and_pages_have_words_for_what_they_mean() -> None:
    prose = [*CODE, *PAGES]
    found = [
        f"{path.relative_to(ROOT)}: {word.group()}"
        for path in prose
        if "tests" not in path.relative_to(ROOT).parts
        for word in VAGUE.finditer(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("paths", [CODE, PAGES], ids=["code", "pages"])
def test_spelling_is_american(paths: list[Path]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {word.group()}"
        for path in paths
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (word := BRITISH.search(STORED.sub("", line)))
    ]
    assert found == []
