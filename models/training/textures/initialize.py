"""What training begins with: the networks' sizes, and for sets that refine or flow what their styles are already."""

from __future__ import annotations

from typing import Any

from tqdm import tqdm

from ..data import Crops, DataError, Manifest
from ..elements import flowing
from ..elements.flowing import FlowingGenerator
from ..gaussian import coursed, courses
from ..gaussian.refined import WIDTHS, RefinedGenerator, packed
from ..gaussian.texton import fit
from .networks import Generator, Shape

Trained = Generator | RefinedGenerator | coursed.CoursedGenerator | FlowingGenerator


def shape_of(crops: Crops) -> Shape:
    """How large the networks of a set are."""
    manifest = crops.manifest
    moving = any(crops.moves(number) for number in range(len(manifest.styles)))
    return Shape(len(manifest.styles), channels=manifest.channels, **_sizes(manifest), moving=moving)


def _sizes(manifest: Manifest) -> dict[str, Any]:
    """Return what the generator is told, and how wide it is: the rest of its `Shape`."""
    waves = any(style.repeat != (1, 1) for style in manifest.styles)
    if manifest.flows:
        widths, latent = flowing.WIDTHS, sum(flowing.PACKED.values())
    elif manifest.refines:
        widths, latent = (coursed.WIDTHS, coursed.noises()) if waves else (WIDTHS, sum(packed(manifest.channels)))
    else:
        return {"widths": manifest.widths or Shape.widths, "waves": waves}
    return {"widths": manifest.widths or widths, "waves": waves, "latent": latent, "style": len(manifest.styles)}


def generator_of(crops: Crops, shape: Shape) -> Trained:
    """Return the untrained generator of a set: what its styles are by themselves, and a network that changes nothing
    yet.
    """
    manifest = crops.manifest
    if manifest.flows:
        first = [style.begins or style.name for style in manifest.styles]
        seen = [[frame.cpu() for clip in clips for frame in clip[::16]] for clips in crops.clips]
        return FlowingGenerator(first, shape.widths, seen)
    if not manifest.refines:
        return Generator(shape)
    if shape.waves:
        return coursed.CoursedGenerator(_base(crops), shape.widths)
    pictures = [
        [(frame.cpu().numpy().astype(float) + 1) / 2 for clip in clips for frame in clip[::16]] for clips in crops.clips
    ]
    if any(style.stars for style in manifest.styles):
        raise DataError(f"{manifest.id}: what has stars is fitted, not refined. Use models.training.gaussian.instant.")
    styles = tqdm(manifest.styles, "Gaussian textures", unit="style")
    textons = [fit(seen, style.soft) for seen, style in zip(pictures, styles, strict=True)]
    return RefinedGenerator(textons, shape.widths)


def _base(crops: Crops) -> coursed.Base:
    """Return the statistical models of styles with courses."""
    styles = crops.manifest.styles
    repeats = [style.repeat for style in styles]
    units = [courses.Units(*style.unit) if style.unit else None for style in styles]
    fitted = [
        courses.fit([picture.cpu().double().numpy() for picture in pictures], repeat, unit)
        for pictures, repeat, unit in tqdm(
            zip(crops.images, repeats, units, strict=True), "Courses", unit="style", total=len(styles)
        )
    ]
    return coursed.Base(fitted, repeats, units)
