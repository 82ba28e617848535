"""What the pages for contributors name is there, and all of the code's rooms are on their map."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path


def test_the_changelog_tells_of_this_version(root: Path) -> None:
    version = tomllib.loads((root / "blender_manifest.toml").read_text("utf-8"))["version"]
    assert f"\n## [{version}]" in (root / "CHANGELOG.md").read_text("utf-8")


def test_the_map_names_every_room_and_no_other(root: Path) -> None:
    named = set(re.findall(r"`([a-z_/.]+/)`", (root / "CONTRIBUTING.md").read_text("utf-8")))
    assert [room for room in sorted(named) if not (root / room).is_dir()] == []
    rooms = {
        path.parent.relative_to(root).as_posix() + "/"
        for inside in ("models/*", "operators/blender/*")
        for path in root.glob(f"{inside}/__init__.py")
    }
    assert rooms - named == set()


def test_what_pages_show_and_lead_to_is_there(root: Path) -> None:
    pages = [*root.glob("*.md"), *root.glob("docs/*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\((?!\w+:)([^)#\s]+)", page.read_text("utf-8"))]
    assert len(links) > 50
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []
    assert (root / "docs/pictures/film.webp").stat().st_size <= 3_000_000


def test_the_demo_uses_presets_that_ship(root: Path) -> None:
    """It takes minutes, and so isn't run by the tests."""
    shipped = json.loads((root / "models/shipped/presets.json").read_text("utf-8"))["presets"]
    used = set(re.findall(r'preset="([^"]+)"', (root / "docs/demo.py").read_text("utf-8")))
    assert len(used) > 8
    assert used - {preset["name"] for preset in shipped} == set()
