"""Tables and pictures that a command puts into a page of the documentation, between marks that stay there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path


def put(page: Path, bodies: Mapping[str, str]) -> None:
    """Put each of `bodies` into its place in `page`. Raises ValueError where there is none."""
    text = page.read_text(encoding="utf-8")
    for place, body in bodies.items():
        text = _replaced(text, place, body, page.name)
    page.write_text(text, encoding="utf-8")


def _replaced(text: str, place: str, body: str, name: str) -> str:
    begin, end = f"<!-- begin {place} -->", f"<!-- end {place} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{name} has no {begin} … {end} to put the results into.")
    return pattern.sub(lambda _: f"{begin}\n{body}\n{end}", text)
