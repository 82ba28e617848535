"""Remake the picture of `docs/mattes.md` from the shipped generators: `python docs/matte_pictures.py`."""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from models.footage import fingerprint
from models.imaging import png
from models.inference.session import Session
from models.kinds import kind
from models.library.catalog import Entry, Library
from models.recipe import Recipe

OUT = Path(__file__).resolve().parent / "pictures"
SIZE = 256, 144
Picture = npt.NDArray[np.float32]


def made(
    entry: Entry, frames: list[int], count: int, tracks: dict[str, tuple[float, ...]], **settings: object
) -> list[Picture]:
    """Frames `[3,H,W]` in 0…1 of a recipe of an entry."""
    files = settings.pop("files", ())
    fields = {"settings": settings, "tracks": tracks}
    recipe = Recipe(entry.card.kind, entry.card.id, entry.card.digest, *SIZE, count, 24, 5, **fields)  # type: ignore[arg-type]
    take, session = kind(entry.card.kind).take(recipe, entry.card), Session(entry.path)
    take.attach(files) if files else None  # type: ignore[arg-type]
    return [read(b"".join(take.finish(n, take.run(session, n)))) for n in frames]


def read(data: bytes) -> Picture:
    """A PNG as `[3,H,W]` in 0…1, over black."""
    with av.open(BytesIO(data)) as file:
        pixels = next(file.decode(video=0)).to_ndarray(format="rgba").transpose(2, 0, 1) / 255
    return np.asarray(pixels[:3] * pixels[3:], np.float32)


def scenery(shift: float, warm: bool) -> Picture:
    """A plain sky over plain hills."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    hill = y > SIZE[1] * (0.62 + 0.1 * np.sin((x + shift) / 23) + 0.05 * np.sin((x + shift) / 9))
    evening, noon = (0.95 - y / 400, 0.6 - y / 500, 0.35 + 0 * y), (0.2 + y / 500, 0.5 + y / 500, 0.85 + 0 * y)
    sky = np.stack(evening if warm else noon)
    land = np.array([0.35, 0.14, 0.1] if warm else [0.1, 0.32, 0.16])[:, None, None]
    return np.where(hill, land, sky).astype(np.float32)


def film(path: Path, count: int) -> None:
    """A subject that moves before a green screen."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264rgb", rate=24)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "rgb24"
        stream.options = {"crf": "0"}
        for n in range(count):
            pixels = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
            pixels[:] = 20, 200, 40
            head = np.hypot(x - 60 - 20 * n, y - 55 - 6 * np.sin(n)) < 26
            body = (np.abs(x - 60 - 20 * n) < 34 + (y - 90) * 0.3) & (y > 84)
            pixels[body], pixels[head] = (190, 60, 70), (235, 190, 150)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode(None))


def main() -> None:
    """Write the picture."""
    library = Library()
    matte = library.of_kind("matte")[0]
    steps = tuple(n / 24 for n in range(25))
    rows: list[list[Picture]] = []
    growing = {"coverage": steps, "speed": (0.0,)}
    for style, growth in (("ink", "point"), ("paper", "direction")):
        masks = made(matte, [0, 6, 12, 18, 24], 25, growing, style=style, growth=growth, led=0.5)
        rows.append([scenery(0, False) * (1 - m) + scenery(40, True) * m for m in masks])
    burn = {"style": "paper", "growth": "direction", "led": 0.5, "shown": "glow"}
    lights = made(matte, [0, 6, 12, 18, 24], 25, growing, **burn)
    rows[1] = [np.clip(picture + light, 0, 1) for picture, light in zip(rows[1], lights, strict=True)]
    tracks = {"coverage": (0.45,), "scale": (1.0,)}
    styles = [made(matte, [0], 1, tracks, style=style.name)[0] for style in matte.card.styles]
    rows += [styles[:5], styles[5:10]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film.mkv")
        film(path, 9)
        keyer = library.of_kind("footage_mask")[0]
        shown = {"source": fingerprint.of([path]), "content": 9, "files": [path]}
        at = {"position": tuple(float(n) for n in range(9))}
        masks = made(keyer, [0, 2, 4, 6, 8], 9, at, style="green_screen", **shown)
        with av.open(str(path)) as file:
            pictures = [f.to_ndarray(format="rgb24").transpose(2, 0, 1) / 255 for f in file.decode(video=0)][::2]
    rows.append([np.asarray(p, np.float32) for p in pictures])
    rows.append([scenery(0, True) * (1 - m) + p * m for m, p in zip(masks, pictures, strict=True)])
    framed = [[np.pad(p, ((0, 0), (0, 4), (0, 4)), constant_values=1) for p in row] for row in rows]
    whole = np.concatenate([np.concatenate(row, axis=2) for row in framed], axis=1)
    (OUT / "mattes.png").write_bytes(png.png(whole[:, :-4, :-4].astype(np.float32)))


if __name__ == "__main__":
    main()
