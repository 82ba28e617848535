"""What one zip is for: a platform, a Python, and the versions of Blender that have it."""

from __future__ import annotations

import platform as host
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Blender's names for platforms, and how the wheels' tags for them begin and end.
PLATFORMS = {
    "linux-x64": ("manylinux", ("x86_64",)),
    "windows-x64": ("win", ("amd64",)),
    "macos-arm64": ("macosx", ("arm64", "universal2")),
}


class Blenders(NamedTuple):
    """The official Blenders with one Python: the first, the first that no longer has it, and a file name's part."""

    first: str
    end: str | None
    label: str


OFFICIAL = {
    "3.11": Blenders("4.2.13", "5.1.0", "blender_4.2_to_5.0"),
    "3.13": Blenders("5.1.0", None, "blender_5.1_and_later"),
}


class PackageError(Exception):
    """The extension can't be built or installed. The message says what to do."""


def platform_here() -> str:
    """Return Blender's name of the platform that this runs on."""
    system, machine = host.system(), host.machine().lower()
    here = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}.get(system, system)
    here += "-arm64" if machine in {"arm64", "aarch64"} else "-x64"
    if here not in PLATFORMS:
        raise PackageError(f"The extension has no wheels for {here}. It is built for {', '.join(PLATFORMS)}.")
    return here


def python_here() -> str:
    """Return the Python that this runs on, which must be an official Blender's."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if here not in OFFICIAL:
        raise PackageError(f"No official Blender has Python {here}. Add `--python {here}` if yours does.")
    return here


@dataclass(frozen=True)
class Target:
    """A platform and a Python, of the official Blenders or of one that a Linux distribution built differently.

    A zip that is not for official Blenders may be installed in any supported version: only its Python decides.
    """

    platform: str
    python: str
    official: bool = True

    @property
    def zip_name(self) -> str:
        """The zip's file name: `latent_strips-0.2.0-blender_4.2_to_5.0-linux_x64.zip`."""
        about = tomllib.loads(_source())
        label = OFFICIAL[self.python].label if self.official else f"python_{self.python}"
        return f"{about['id']}-{about['version']}-{label}-{self.platform.replace('-', '_')}.zip"

    def wheels(self) -> list[str]:
        """Return the file names of the wheels in this zip, sorted.

        A wheel for any Python or with a stable ABI is taken as it is listed. Of one that is made for a single Python,
        the sister for this Python is taken, whether or not the manifest lists her.
        """
        start, end = PLATFORMS[self.platform]
        names = [Path(wheel).name for wheel in tomllib.loads(_source())["wheels"]]
        tags = {name: name.removesuffix(".whl").split("-")[-1] for name in names}
        fitting = [name for name, tag in tags.items() if tag == "any" or (tag.startswith(start) and tag.endswith(end))]
        if self.official:
            return sorted(name for name in fitting if self._runs(name))
        tag = "cp" + self.python.replace(".", "")
        return sorted({re.sub(r"-cp\d+-cp\d+-", f"-{tag}-{tag}-", name) for name in fitting})

    def _runs(self, wheel: str) -> bool:
        python, abi = wheel.split("-")[2:4]
        return abi in {"none", "abi3"} or python == "cp" + self.python.replace(".", "")

    def manifest(self) -> str:
        """Return the text of the manifest, narrowed to this platform, its wheels and its versions of Blender."""
        listed = "".join(f'  "./wheels/{name}",\n' for name in self.wheels())
        text = re.sub(r"(?ms)^wheels = \[.*?^\]", f"wheels = [\n{listed}]", _source())
        text = re.sub(r"(?m)^platforms = .*$", f'platforms = ["{self.platform}"]', text)
        if self.official:
            first, end, _label = OFFICIAL[self.python]
            versions = f'blender_version_min = "{first}"' + (f'\nblender_version_max = "{end}"' if end else "")
            text = re.sub(r"(?m)^blender_version_min = .*$", versions, text)
        return text


def _source() -> str:
    return (ROOT / "blender_manifest.toml").read_text("utf-8")


def official_targets(platforms: list[str]) -> list[Target]:
    """Return what a release holds for those platforms: a zip for each Python of the official Blenders."""
    return [Target(platform, python) for platform in platforms for python in OFFICIAL]
