"""The security page promises nothing that no test holds, and names the limits that the code has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from models import recipe
from models.cards import card
from models.importing import feeds, trial
from models.inference import arrays, guarded, limits
from models.onnx import container, graph, reader, wire

pytestmark = pytest.mark.one_python
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
TABLE = PAGE.split("## Promises")[1].split("\n\n")[1]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines()[2:]]


@cache
def source(name: str) -> str:
    """The source of the test files of that name."""
    return "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob(name))


def test_there_is_a_table_of_promises() -> None:
    assert len(ROWS) >= 13
    assert {len(row) for row in ROWS} == {3}


def test_each_promise_names_tests_that_there_are() -> None:
    for promise, _, held in ROWS:
        named = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", held)
        assert named, f"{promise}: names no test"
        for file, test in named:
            assert "def test_" in source(file), f"{promise}: {file} is no file of tests"
            assert f"def {test or 'test_'}" in source(file), f"{promise}: {file} has no {test}"


def test_no_test_is_named_that_can_never_fail() -> None:
    for name in re.findall(r"`(test_\w+\.py::test_\w+)`", PAGE):
        file, test = name.split("::")
        body = re.split(r"\n(?=def |class |@)", source(file).split(f"def {test}(")[1])[0]
        assert re.search(r"assert |pytest\.raises|pytest\.fail|contextlib\.suppress\(\w+\)", body), name


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    for words in (
        f"{container.MAX_FILE / 1e9:.0f} GB, {reader.MAX_NODES:,} operations",
        f"{reader.MAX_TENSORS:,} tensors",
        f"{graph.MAX_RANK} dimensions",
        f"({limits.Limits().seconds:.0f} s by default)",
        f"after {limits.GRACE:.0f} s more",
        f"({limits.Limits().memory / 2**30:.0f} GB by default)",
        f"({card.MAX_BESIDE / 1e6:.0f} MB a card, {recipe.MAX_JSON / 1e6:.0f} MB a recipe)",
        f"{guarded.FOLDED / 2**20:.0f} MB",
        f"more than {arrays.MAX_NUMBERS / 1e6:.0f} million numbers",
        f"at most {feeds.FED / 1e6:.0f} million numbers and may return at most {trial.RETURNED / 1e6:.0f} million",
    ):
        assert words in PAGE, words
    assert wire.MAX_FIELDS == 1_000_000
    assert "one million fields a message" in PAGE
