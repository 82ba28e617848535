"""Training images: a manifest of styles, their sources checked by digest, and random crops of them.

A manifest is TOML: `id`, `label`, `licence` of the set, then one `[[style]]` per style with `name`, `label`, `sources`
(tables of `file`, `licence`, `origin`, `sha256`), the `size` in px the shorter side is taught at, and which symmetries
the material has (`flip_x`, `flip_y`, `turn`).
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor


class DataError(Exception):
    """The training data can't be used. The message names the file and what to do."""


@dataclass(frozen=True)
class Source:
    """An image file, below the data folder, and where it comes from."""

    file: str
    licence: str
    origin: str
    sha256: str = ""


@dataclass(frozen=True)
class Style:
    """A style and its images. `size` in px is the shorter side that they are taught at."""

    name: str
    label: str
    sources: tuple[Source, ...]
    size: int = 768
    flip_x: bool = True
    flip_y: bool = True
    turn: bool = False
    emissive: bool = False


@dataclass(frozen=True)
class Manifest:
    """A set of styles that one network learns. `kind` is what the network will make; `channels` of its pictures are 3
    (colour) or 1 (grey); `widths` are those of the generator's levels (see `networks.Shape`) and `judge`
    those of the discriminator, if not the usual ones.
    """

    id: str
    label: str
    licence: str
    styles: tuple[Style, ...] = field(default_factory=tuple)
    kind: str = "texture"
    channels: int = 3
    widths: tuple[int, ...] = ()
    judge: tuple[int, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a TOML manifest. Raises DataError when it doesn't parse or has no styles."""
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
            styles = tuple(
                Style(**{**entry, "sources": tuple(Source(**source) for source in entry["sources"])})
                for entry in raw.pop("style", [])
            )
            manifest = cls(styles=styles, **{name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()})
        except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
            raise DataError(f"{path}: not a training manifest ({error}).") from error
        if not manifest.styles:
            raise DataError(f"{path}: names no [[style]]; give it at least one.")
        return manifest

    @classmethod
    def of_folder(cls, folder: Path, id: str) -> Manifest:
        """Every image in `folder` (not below it) as one style of its own, named by its file."""
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp", ".tif"})
        if not files:
            raise DataError(f"{folder}: holds no PNG, JPEG, WebP or TIFF image.")
        styles = tuple(
            Style(p.stem.lower(), p.stem.replace("_", " "), (Source(p.name, "unknown", p.name),), size=512)
            for p in files
        )
        return cls(id, id.replace("_", " ").title(), "unknown", styles)


def load(path: Path, size: int, channels: int = 3) -> np.ndarray:
    """An image as `float32 [C,H,W]` in −1…1, C = 3 or 1 (grey), its shorter side at most `size` px (Lanczos). Raises DataError."""
    try:
        with Image.open(path) as opened:
            image = opened if opened.mode != "I;16" else opened.point(lambda v: v / 256).convert("L")
            if image.has_transparency_data:  # what is not there is black, as on an empty timeline
                image = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", image.size, (0, 0, 0, 255)), image)
            image = image.convert("L" if channels == 1 else "RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(f"{path}: can't be read as an image ({error}). Remove or replace it.") from error
    scale = size / min(image.size)
    if scale < 1:
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    return np.atleast_3d(np.asarray(image, np.float32)).transpose(2, 0, 1) / 127.5 - 1


class Crops:
    """Random crops of a manifest's images, as tensors on one device."""

    def __init__(self, manifest: Manifest, root: Path, crop: int, device: str = "cpu") -> None:
        self.manifest = manifest
        self.images: list[list[Tensor]] = []
        for style in manifest.styles:
            images = []
            for source in style.sources:
                path = root / source.file
                if not path.is_file():
                    raise DataError(f"{path}: the source of style {style.name!r} is missing. Is --data right?")
                if source.sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
                    raise DataError(f"{path}: differs from the manifest's sha256. Restore it or update the manifest.")
                image = load(path, style.size, manifest.channels)
                if min(image.shape[1:]) < crop:
                    raise DataError(f"{path}: {image.shape[2]}×{image.shape[1]} px is smaller than a {crop} px crop.")
                images.append(torch.from_numpy(image).to(device))
            self.images.append(images)

    def batch(self, styles: Tensor, crop: int, rng: torch.Generator) -> Tensor:
        """One crop `[C,crop,crop]` for each style number in `styles [N]`, stacked to `[N,C,crop,crop]`."""
        return torch.stack([self._one(int(number), crop, rng) for number in styles])

    def _one(self, number: int, crop: int, rng: torch.Generator) -> Tensor:
        def pick(n: int) -> int:
            return int(torch.randint(n, (1,), generator=rng, device=rng.device))

        style = self.manifest.styles[number]
        images = self.images[number]
        image = images[pick(len(images))]
        y, x = pick(image.shape[1] - crop + 1), pick(image.shape[2] - crop + 1)
        piece = image[:, y : y + crop, x : x + crop]
        if style.flip_x and pick(2):
            piece = piece.flip(2)
        if style.flip_y and pick(2):
            piece = piece.flip(1)
        if style.turn and pick(2):
            piece = piece.transpose(1, 2)
        return piece
