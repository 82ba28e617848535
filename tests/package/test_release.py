"""A folder of zips is an extension repository in which each Blender finds the one zip that fits it."""

from __future__ import annotations

import hashlib
import tomllib
import zipfile
from pathlib import Path

import pytest
from release import publish
from target import OFFICIAL, PLATFORMS, PackageError, Target, official_targets, platform_here
from zips import bpy_tool, run_tool


def tiny(target: Target, folder: Path) -> Path:
    """A zip with the real manifest of a target, and nothing in its wheels."""
    path = folder / target.zip_name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("blender_manifest.toml", target.manifest())
        for name in ("__init__.py", *(f"wheels/{wheel}" for wheel in target.wheels())):
            archive.writestr(name, "")
    return path


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of tiny zips, of all platforms and Pythons."""
    folder = tmp_path_factory.mktemp("repository")
    zips = [tiny(target, tmp_path_factory.mktemp("zip")) for target in official_targets(list(PLATFORMS))]
    publish(zips, folder)
    return folder


@pytest.mark.parametrize(
    ("blender", "python"),
    [("4.2.13", "3.11"), ("5.0.1", "3.11"), ("5.1.0", "3.13"), ("5.2.3", "3.13")],
)
def test_each_blender_installs_its_own_zip(repository: Path, tmp_path: Path, blender: str, python: str) -> None:
    where = ["--remote-url", (repository / "index.json").as_uri(), "--local-dir", str(tmp_path)]
    versions = ["--blender-version", blender, "--python-version", f"{python}.0"]
    run_tool(bpy_tool(), "sync", *where)
    run_tool(bpy_tool(), "install", "latent_strips", *where, *versions)
    installed = tomllib.loads((tmp_path / "latent_strips" / "blender_manifest.toml").read_text("utf-8"))
    assert installed["platforms"] == [platform_here()]
    assert installed["blender_version_min"] == OFFICIAL[python].first


@pytest.mark.parametrize(("blender", "python"), [("4.2.12", "3.11"), ("5.2.3", "3.14")])
def test_a_blender_that_is_too_old_or_has_another_python_finds_none(
    repository: Path, tmp_path: Path, blender: str, python: str
) -> None:
    where = ["--remote-url", (repository / "index.json").as_uri(), "--local-dir", str(tmp_path)]
    run_tool(bpy_tool(), "sync", *where)
    with pytest.raises(PackageError, match="not compatible"):
        run_tool(
            bpy_tool(), "install", "latent_strips", *where, "--blender-version", blender,
            "--python-version", f"{python}.0",
        )  # fmt: skip


def test_checksums_are_of_the_zips(repository: Path) -> None:
    lines = (repository / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in repository.glob("*.zip")}
    assert len(sums) == len(PLATFORMS) * len(OFFICIAL)


def test_two_zips_for_the_same_blender_are_refused(tmp_path: Path) -> None:
    targets = [Target("linux-x64", "3.13"), Target("linux-x64", "3.13", official=False)]
    (tmp_path / "repository").mkdir()
    with pytest.raises(PackageError, match="duplicate"):
        publish([tiny(target, tmp_path) for target in targets], tmp_path / "repository")


def test_the_versions_of_blender_follow_each_other_without_a_gap(root: Path) -> None:
    manifest = tomllib.loads((root / "blender_manifest.toml").read_text("utf-8"))
    older, newer = OFFICIAL.values()
    assert older.first == manifest["blender_version_min"]
    assert (older.end, newer.end) == (newer.first, None)
