"""What the pages for contributors name is there, and all of the code's rooms are on their map."""

from __future__ import annotations

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
