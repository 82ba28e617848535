"""Remake the pictures of styles and presets that ship, in `models/shipped/pictures`: `nox -s gallery`.

Only what is missing is drawn, and what is stale is deleted: a file's name says of which generator (by its digest) and
style it is. `--all` draws everything again, `--sheet FILE.png` lays all pictures of the folder on one sheet, at 1:1.
Letters are set in Blender's own font, and so a `bpy` is needed.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from models.footage import fingerprint
from models.gallery import picture, tiles
from models.imaging.png import png
from models.imaging.resample import resized
from models.imaging.small import decoded, webp
from models.inference.session import Session
from models.kinds import kind
from models.library.catalog import Entry, Library
from models.parameters import Value
from models.presets import store
from models.text.folders import FONTS

Wanted = tuple[Path, Entry, dict[str, Value]]


def wanted(library: Library) -> Iterator[Wanted]:
    """Yield every picture that ships: its file, its generator, and the settings that it shows."""
    for entry in library.entries():
        made = kind(entry.card.kind)
        for tile in tiles.of_entry(entry, made):
            yield tile.picture, entry, {made.chosen_by: tile.style} if tile.style else {}
    for preset in store.shipped():
        entry = library.latest(preset.generator)
        yield store.picture(preset, entry), entry, dict(preset.settings)


def scenery(library: Library, folder: Path) -> Path:
    """Draw what restyle filters and brightness masks are shown on: a balloon over hills, under shipped clouds."""
    side = picture.FRAME
    sky, grass = (
        _texture(library, generator, style)
        for generator, style in (("latent_skies", "clouds"), ("latent_materials", "grass"))
    )
    y, x = np.mgrid[:side, :side].astype(np.float32)
    ridge = side * (0.70 + 0.07 * np.sin(x / 61) + 0.03 * np.sin(x / 23 + 1))
    image = np.where(y > ridge, grass * (0.75 + 0.5 * (y - ridge) / side), sky)
    far, near = np.hypot((x - 205) / 92, (y - 150) / 100), (x - 205) / 92
    stripes = np.stack([0.85 + 0 * x, 0.30 + 0.35 * (np.sin(near * 9) > 0), 0.16 + 0 * x])
    shade = 1.05 - 0.55 * np.clip(np.hypot((x - 175) / 150, (y - 115) / 160), 0, 1)
    image = np.where(far < 1, stripes * shade, image)
    basket = (abs(x - 205) < 17) & (abs(y - 284) < 14)
    ropes = (abs(abs(x - 205) - 15 - (270 - y) * 0.6) < 1.6) & (y > 236) & (y < 271)
    image = np.where(basket, np.array([0.42, 0.27, 0.14])[:, None, None], image)
    return _stored(np.where(ropes, 0.2, image), folder / "scenery.png")


def figure(path: Path, behind: picture.Array) -> Path:
    """Draw a figure before `behind [3,H|1,W|1]`."""
    side = picture.FRAME
    y, x = np.mgrid[:side, :side].astype(np.float32)
    head = np.hypot((x - 192) / 62, (y - 130) / 76) < 1
    hair = (np.hypot((x - 192) / 70, (y - 112) / 78) < 1) & (y < 112 + 12 * np.sin(x / 17))
    body = np.hypot((x - 192) / 150, (y - 400) / 190) < 1
    eyes = (np.hypot((abs(x - 192) - 24) / 9, (y - 132) / 5) < 1) | ((abs(x - 192) < 20) & (abs(y - 172) < 3))
    neck = (abs(x - 192) < 30) & (y > 180) & (y < 230)
    image = np.broadcast_to(behind, (3, side, side))
    for shape, paint in (
        (neck, (0.80, 0.58, 0.45)),
        (body, (0.75, 0.26, 0.30)),
        (head, (0.90, 0.68, 0.54)),
        (hair, (0.22, 0.13, 0.09)),
        (eyes, (0.3, 0.15, 0.12)),
    ):
        light = 1.05 - 0.4 * x / side
        image = np.where(shape, np.array(paint, np.float32)[:, None, None] * light, image)
    return _stored(image, path)


def drawn(one: Wanted, session: Session, footage: Mapping[str, Path]) -> bytes:
    """Return the picture's file."""
    _, entry, values = one
    made = kind(entry.card.kind)
    files: tuple[Path, ...] = ()
    if made.made_from == "footage":
        files = (footage.get(str(values.get("style", entry.card.id)), footage["scenery"]),)
        values = {**values, "source": fingerprint.of(files), "medium": "pictures", "content": 1}
    return webp(picture.drawn(entry.card, session, values, files))


def sheet(to: Path, columns: int = 10, gutter: int = 6) -> None:
    """Lay all pictures on one sheet, in the order of their names."""
    cells = [decoded(path.read_bytes())[:3] for path in sorted(tiles.PICTURES.glob("*.webp"))]
    padded = [np.pad(cell, ((0, 0), (0, gutter), (0, gutter))) for cell in cells]
    padded += [np.zeros_like(padded[0])] * (-len(padded) % columns)
    rows = [np.concatenate(padded[n : n + columns], axis=2) for n in range(0, len(padded), columns)]
    to.write_bytes(png(np.concatenate(rows, axis=1)))


def _texture(library: Library, generator: str, style: str) -> picture.Array:
    entry = library.latest(generator)
    return resized(picture.drawn(entry.card, Session(entry.path), {"style": style}), (picture.FRAME, picture.FRAME))


def _stored(image: picture.Array, path: Path) -> Path:
    path.write_bytes(png(np.clip(image, 0, 1).astype(np.float32)))
    return path


def _fonts() -> Path:
    """Return the folder of Blender's fonts in the `bpy` that this Python has, which isn't loaded."""
    spec = importlib.util.find_spec("bpy")
    inside = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path()
    return next(inside.glob("*/datafiles/fonts"))


def main() -> None:
    """Draw what is missing, and delete what is stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="draw everything again")
    parser.add_argument("--only", default="", help="draw those again whose file names have this in them")
    parser.add_argument("--fonts", type=Path, help="the folder of Blender's fonts, where this Python has no bpy")
    parser.add_argument("--sheet", type=Path, help="lay all pictures on one sheet, a PNG file")
    options = parser.parse_args()
    FONTS[:] = [options.fonts or _fonts()]
    library = Library()
    tiles.PICTURES.mkdir(exist_ok=True)
    every = list(wanted(library))
    for path in {*tiles.PICTURES.iterdir()} - {path for path, *_ in every}:
        path.unlink()
    sessions: dict[Path, Session] = {}
    with tempfile.TemporaryDirectory() as name:
        footage = {"scenery": scenery(library, Path(name))}
        grounds = {"people": _texture(library, "latent_skies", "clouds")}
        for screen, color in (("green_screen", (0.08, 0.75, 0.16)), ("blue_screen", (0.08, 0.20, 0.80))):
            grounds[screen] = np.array(color, np.float32)[:, None, None]
        footage |= {behind: figure(Path(name, f"{behind}.png"), ground) for behind, ground in grounds.items()}
        for one in every:
            again = options.all or (options.only and options.only in one[0].name)
            if again or not one[0].exists():
                session = sessions.setdefault(one[1].path, Session(one[1].path))
                one[0].write_bytes(drawn(one, session, footage))
                print(one[0].name, flush=True)
    print(f"{len(every)} pictures, {sum(path.stat().st_size for path, *_ in every) / 1e6:.2f} MB")
    if options.sheet:
        sheet(options.sheet)


if __name__ == "__main__":
    main()
