"""Training images: a manifest of styles, their sources checked by digest, and random crops of them.

A manifest is TOML: `id`, `label`, `licence` of the set, then one `[[style]]` per style with `name`, `label`, `sources`
(tables of `file`, `licence`, `origin`, `sha256`), the `size` in px the shorter side is taught at, and which symmetries
the material has (`flip_x`, `flip_y`, `turn`). A source that is an animated picture (PNG, 25 frames a second) is a clip:
the network learns how the material moves, too. What is `held` out is not trained on: `evaluate` compares with it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image, ImageSequence, UnidentifiedImageError
from torch import Tensor

#: Frames of a clip in a second, and how many lie between the two that the discriminator sees together.
CLIP_RATE, GAP = 25, 2


class DataError(Exception):
    """The training data can't be used. The message names the file and what to do."""


@dataclass(frozen=True)
class Source:
    """An image file, below the data folder, and where it comes from. One that is `held` is kept from training."""

    file: str
    license: str
    origin: str
    sha256: str = ""
    held: bool = False


@dataclass(frozen=True)
class Style:
    """A style and its images. `size` in px is the shorter side that they are taught at, or `fit` both (down, across).

    `drift` (down, to the right) in px a second and `rate` in latent keys a second are how it moves by nature; `repeat`
    (rows, columns) in latent cells is the period of a material with courses, and `unit` (height, length, shift from
    course to course) in px, multiples of 8, are its bricks, if they differ in color; `share` how often it is taught, 1
    being usual. `emissive` and `alpha`: see `card_style`. `begins` names the written-down element that it begins with,
    in a set that flows, if it is called otherwise; what is finer than `soft` px is left out of a Gaussian model (see
    `texton.fit`). A style with `stars` is fitted with these in front, not trained (see `statistical`); a set has them
    in all its styles or in none. `sharpness` is that of `models/photo`. One that doesn't `ship` is left out of the
    card.
    """

    name: str
    label: str
    sources: tuple[Source, ...]
    size: int = 768
    flip_x: bool = True
    flip_y: bool = True
    turn: bool = False
    emissive: bool = False
    alpha: bool = False
    fit: tuple[int, int] = (0, 0)
    drift: tuple[float, float] = (0.0, 0.0)
    rate: float = 0.5
    repeat: tuple[int, int] = (1, 1)
    unit: tuple[int, ...] = ()
    share: float = 1.0
    begins: str = ""
    soft: float = 0.0
    stars: bool = False
    sharpness: float = 6.0
    ships: bool = True


def american(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table of a manifest with the names of the fields above: files spell `licence`."""
    return {"license" if name == "licence" else name: value for name, value in table.items()}


@dataclass(frozen=True)
class Manifest:
    """A set of styles that one network learns.

    `kind` is what the network will make; `channels` of its pictures are 3 (color), 1 (gray) or 4 (color multiplied by
    alpha, and alpha); `widths` are those of the generator's levels (see `networks.Shape`) and `judge` those of the
    discriminator, if not the usual ones. A set that `refines` learns what Gaussian textures lack (see `refining`), one
    that `flows` what the written-down elements lack (see `flowing`). `first` names the style that is offered first,
    `rank` where the set comes among others. Of every picture the right part, a share of `held` of its width, is kept
    from training; not in styles that hold out whole sources.
    """

    id: str
    label: str
    license: str
    styles: tuple[Style, ...] = field(default_factory=tuple)
    kind: str = "texture"
    channels: int = 3
    widths: tuple[int, ...] = ()
    judge: tuple[int, ...] = ()
    refines: bool = False
    flows: bool = False
    first: str = ""
    rank: int = 0
    held: float = 0.0

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a TOML manifest. Raises DataError when it doesn't parse or has no styles."""
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
            styles = tuple(
                Style(**_frozen({**entry, "sources": [Source(**american(source)) for source in entry["sources"]]}))
                for entry in raw.pop("style", [])
            )
            manifest = cls(styles=styles, **_frozen(american(raw)))
        except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
            raise DataError(f"{path}: not a training manifest ({error}).") from error
        if not manifest.styles:
            raise DataError(f"{path}: names no [[style]]; give it at least one.")
        if len({style.stars for style in manifest.styles}) > 1:
            raise DataError(f"{path}: some styles have stars and some have none. One model can't draw both; divide it.")
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

    def only(self, names: Sequence[str]) -> Manifest:
        """Return the same set with these styles alone. Raises DataError for a name that it has not."""
        absent = set(names) - {style.name for style in self.styles}
        if absent:
            known = ", ".join(style.name for style in self.styles)
            raise DataError(f"{self.id} has no style {', '.join(sorted(absent))}; choose from {known}.")
        first = self.first if self.first in names else ""
        return replace(self, styles=tuple(style for style in self.styles if style.name in names), first=first)


def _frozen(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}


def load(path: Path, size: int, channels: int = 3, fit: tuple[int, int] = (0, 0)) -> np.ndarray:
    """Return the frames of an image as `float32 [T,C,H,W]` in −1…1; T is 1 unless it is animated.

    Its shorter side becomes at most `size` px, or its sides `fit` (down, across), by Lanczos. Channels: see `Manifest`.
    Raises DataError.
    """
    try:
        with Image.open(path) as opened:
            frames = [_scaled(frame, size, fit, channels) for frame in ImageSequence.Iterator(opened)]
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(f"{path}: can't be read as an image ({error}). Remove or replace it.") from error
    return np.stack(frames) / 127.5 - 1


def _scaled(image: Image.Image, size: int, fit: tuple[int, int], channels: int) -> np.ndarray:
    """`[C,H,W]` in 0…255. What is transparent is black, as on an empty timeline."""
    if image.mode == "I;16":
        image = image.point(lambda v: v / 256).convert("L")
    color = image.convert("RGBA")
    alpha = np.asarray(color)[..., 3:]
    black = Image.alpha_composite(Image.new("RGBA", image.size, (0, 0, 0, 255)), color).convert("RGB")
    layers = [black] if channels != 1 else [black.convert("L")]
    layers += [Image.fromarray(alpha[..., 0])] if channels == 4 else []
    scale = min(size / min(image.size), 1.0)
    sides = (fit[1], fit[0]) if fit[0] else (round(image.width * scale), round(image.height * scale))
    if sides != image.size:
        layers = [layer.resize(sides, Image.Resampling.LANCZOS) for layer in layers]
    return np.dstack([np.asarray(layer, np.float32) for layer in layers]).transpose(2, 0, 1)


class Crops:
    """Random crops of a manifest's images and clips, as tensors on one device.

    `images` are `[C,H,W]`, `clips` the same with all frames, `[T,C,H,W]`: a list for each style. `part` says which part
    of them: what is taught, or what is held out (nothing, for a set that holds nothing out).
    """

    def __init__(
        self, manifest: Manifest, root: Path, crop: int, device: str = "cpu", part: Literal["taught", "held"] = "taught"
    ) -> None:
        self.manifest, self.root, self.crop, self.part = manifest, root, crop, part
        self.clips = [[clip.to(device) for clip in self._read(style)] for style in manifest.styles]
        self.images = [[clip[0] for clip in clips] for clips in self.clips]

    def _read(self, style: Style) -> list[Tensor]:
        """Return the part of a style's clips that is asked for. Raises DataError."""
        sources = [source for source in style.sources if source.held == (self.part == "held")]
        share = 0.0
        if not any(source.held for source in style.sources):
            sources, share = list(style.sources), self.manifest.held
            if not share and self.part == "held":
                return []
        elif not sources:
            raise DataError(f"Style {style.name!r} holds out all its sources. Leave it some to be taught by.")
        return [self._piece(style, source, share) for source in sources]

    def _piece(self, style: Style, source: Source, share: float) -> Tensor:
        path = self.root / source.file
        if not path.is_file():
            raise DataError(f"{path}: the source of style {style.name!r} is missing. Is --data right?")
        if source.sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
            raise DataError(f"{path}: differs from the manifest's sha256. Restore it or update the manifest.")
        image = load(path, style.size, self.manifest.channels, style.fit)
        edge = round(image.shape[3] * (1 - share))
        image = image[..., :edge] if self.part == "taught" else image[..., edge if share else 0 :]
        if min(image.shape[2:]) < self.crop:
            sides = f"{image.shape[3]}×{image.shape[2]} px"
            what = f"what is {self.part} of it, {sides}," if share else sides
            raise DataError(f"{path}: {what} is smaller than a {self.crop} px crop.")
        return torch.from_numpy(image)

    def moves(self, number: int) -> bool:
        """Whether a style has clips."""
        return any(len(clip) > GAP for clip in self.clips[number])

    def batch(self, styles: Tensor, crop: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """One crop for each style number in `styles [N]`, `[N,C,crop,crop]`, and the same `GAP` frames later.

        A still picture is a clip that stands still.
        """
        pairs = torch.stack([self._one(int(number), crop, rng) for number in styles])
        return pairs[:, 0], pairs[:, 1]

    def _one(self, number: int, crop: int, rng: torch.Generator) -> Tensor:
        def pick(n: int) -> int:
            return int(torch.randint(n, (1,), generator=rng, device=rng.device))

        style = self.manifest.styles[number]
        clips = self.clips[number]
        clip = clips[pick(len(clips))]
        frame = pick(len(clip) - GAP) if len(clip) > GAP else 0
        y, x = pick(clip.shape[2] - crop + 1), pick(clip.shape[3] - crop + 1)
        piece = clip[[frame, min(frame + GAP, len(clip) - 1)], :, y : y + crop, x : x + crop]
        if style.flip_x and pick(2):
            piece = piece.flip(3)
        if style.flip_y and pick(2):
            piece = piece.flip(2)
        if style.turn and pick(2):
            piece = piece.transpose(2, 3)
        return piece
