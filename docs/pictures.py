"""Remake pictures of the documentation from the shipped generators: `nox -s pictures [-- FOOTAGE]`.

`docs/pictures/styles.png` shows nine styles at 1:1, `motion.png` six frames of a loop of each of three, `mattes.png`
transitions, the styles of mattes, and footage masked over another scene. With FOOTAGE, `looks.jpg` is remade, too: a
frame in each style of the restyle filters, at 1:1. FOOTAGE is `car-detection.mp4` of Intel's sample videos
(github.com/intel-iot-devkit/sample-videos, CC BY 4.0).
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from models.footage import fingerprint
from models.footage.movie import Movie
from models.imaging import png
from models.inference.session import Session
from models.kinds import kind
from models.kinds.texture import KIND
from models.library.catalog import Entry, Library
from models.recipe import Recipe

#: Width and height of the pictures of mattes, px.
SMALL = 256, 144
OUT = Path(__file__).resolve().parent / "pictures"
Picture = npt.NDArray[np.float32]
#: What is shown, of each generator: styles, and those of them that are shown in motion.
SHOWN = {
    "latent_elements": ((), ("fire", "smoke", "plasma")),
    "latent_skies": (("clouds",), ()),
    "instant_space": (("nebula",), ()),
    "grown_elements": (("lava",), ()),
    "latent_materials": (("slate", "rust", "terrazzo"), ()),
    "latent_structures": (("bricks", "rattan", "parquet"), ()),
}


def frames(entry: Entry, session: Session, style: str, size: tuple[int, int], numbers: list[int]) -> list[Picture]:
    """Frames `[3,H,W]` of a loop of 48, opaque."""
    recipe = Recipe(
        "texture", entry.card.id, entry.card.digest, *size, 48, 24, 7, {"style": style, "alpha": "opaque"}
    )  # fmt: skip
    take = KIND.take(recipe, entry.card)
    name = entry.card.outputs[0].name
    tori = (session.run(take.inputs(number))[name][0, :3] for number in numbers)
    return [np.tile(torus, (1, 2, 2))[:, : size[1], : size[0]] for torus in tori]  # whole courses may be less than that


def grid(pictures: list[Picture], columns: int, gap: int = 4) -> Picture:
    """Lay pictures side by side, white between them."""
    padded = [np.pad(picture, ((0, 0), (0, gap), (0, gap)), constant_values=1.0) for picture in pictures]
    rows = [np.concatenate(padded[n : n + columns], axis=2) for n in range(0, len(padded), columns)]
    return np.concatenate(rows, axis=1)[:, :-gap, :-gap]


def made(
    entry: Entry, frames: list[int], count: int, tracks: dict[str, tuple[float, ...]], **settings: object
) -> list[Picture]:
    """Frames `[3,H,W]` in 0…1 of a recipe of an entry."""
    files = settings.pop("files", ())
    fields = {"settings": settings, "tracks": tracks}
    recipe = Recipe(entry.card.kind, entry.card.id, entry.card.digest, *SMALL, count, 24, 5, **fields)  # type: ignore[arg-type]
    take, session = kind(entry.card.kind).take(recipe, entry.card), Session(entry.path)
    take.attach(files) if files else None  # type: ignore[arg-type]
    return [read(b"".join(take.finish(n, take.run(session, n)))) for n in frames]


def read(data: bytes) -> Picture:
    """Return a PNG as `[3,H,W]` in 0…1, over black."""
    with av.open(BytesIO(data)) as file:
        pixels = next(file.decode(video=0)).to_ndarray(format="rgba").transpose(2, 0, 1) / 255
    return np.asarray(pixels[:3] * pixels[3:], np.float32)


def scenery(shift: float, warm: bool) -> Picture:
    """Return a plain sky over plain hills."""
    y, x = np.mgrid[: SMALL[1], : SMALL[0]]
    hill = y > SMALL[1] * (0.62 + 0.1 * np.sin((x + shift) / 23) + 0.05 * np.sin((x + shift) / 9))
    evening, noon = (0.95 - y / 400, 0.6 - y / 500, 0.35 + 0 * y), (0.2 + y / 500, 0.5 + y / 500, 0.85 + 0 * y)
    sky = np.stack(evening if warm else noon)
    land = np.array([0.35, 0.14, 0.1] if warm else [0.1, 0.32, 0.16])[:, None, None]
    return np.where(hill, land, sky).astype(np.float32)


def film(path: Path, count: int) -> None:
    """Return a subject that moves before a green screen."""
    y, x = np.mgrid[: SMALL[1], : SMALL[0]]
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264rgb", rate=24)
        stream.width, stream.height, stream.pix_fmt = *SMALL, "rgb24"
        stream.options = {"crf": "0"}
        for n in range(count):
            pixels = np.empty((SMALL[1], SMALL[0], 3), np.uint8)
            pixels[:] = 20, 200, 40
            head = np.hypot(x - 60 - 20 * n, y - 55 - 6 * np.sin(n)) < 26
            body = (np.abs(x - 60 - 20 * n) < 34 + (y - 90) * 0.3) & (y > 84)
            pixels[body], pixels[head] = (190, 60, 70), (235, 190, 150)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode(None))


def mattes() -> list[Picture]:
    """Five frames each of: two transitions, two rows of styles, footage before a green screen, and that masked."""
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
        keyer = next(each for each in library.of_kind("footage_mask") if each.card.id == "keyer")
        shown = {"source": fingerprint.of([path]), "content": 9, "files": [path]}
        at = {"position": tuple(float(n) for n in range(9))}
        masks = made(keyer, [0, 2, 4, 6, 8], 9, at, style="green_screen", **shown)
        with av.open(str(path)) as file:
            pictures = [f.to_ndarray(format="rgb24").transpose(2, 0, 1) / 255 for f in file.decode(video=0)][::2]
    rows.append([np.asarray(p, np.float32) for p in pictures])
    rows.append([scenery(0, True) * (1 - m) + p * m for m, p in zip(masks, pictures, strict=True)])
    return [picture for row in rows for picture in row]


def looks(film: Path) -> list[Picture]:
    """Return a part of a frame of filmed footage, and the same in each of the painted looks."""
    entry, number = Library().latest("painted_looks"), 200
    with Movie(film) as footage:
        filmed, rate, count = footage.frame(number), footage.rate, footage.count
    pictures = [filmed[..., :3].transpose(2, 0, 1) / np.float32(255)]
    session, height, width = Session(entry.path), *filmed.shape[:2]
    for style in entry.card.styles:
        settings: dict[str, str | int] = {"style": style.name, "source": fingerprint.of([film]), "content": count}
        tracks = {"position": (float(number),)}
        recipe = Recipe("restyle", entry.card.id, entry.card.digest, width, height, 1, rate, 0, settings, tracks)
        take = kind("restyle").take(recipe, entry.card)
        take.attach([film])
        pictures.append(take.run(session, 0)["image"])
    return [picture[:, 60:348, 64:448] for picture in pictures]


def jpeg(picture: Picture) -> bytes:
    """Return a JPEG file of `[3,H,W]` in 0…1."""
    pixels = np.round(picture.clip(0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.height, encoder.width, encoder.pix_fmt = *pixels.shape[:2], "yuvj444p"
    encoder.time_base, encoder.qmin, encoder.qmax = Fraction(1, 25), 2, 3
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))


def main() -> None:
    """Write the pictures."""
    OUT.mkdir(exist_ok=True)
    styles, motion = [], []
    for name, (still, moving) in SHOWN.items():
        entry = Library().latest(name)
        session = Session(entry.path)
        for style in still:
            styles += frames(entry, session, style, (416, 288), [0])
        for style in moving:
            motion += frames(entry, session, style, (192, 192), [0, 8, 16, 24, 32, 40])
    for name, pictures, columns in (("styles", styles, 3), ("motion", motion, 6), ("mattes", mattes(), 5)):
        (OUT / f"{name}.png").write_bytes(png.png(grid(pictures, columns)))
    for footage in sys.argv[1:]:
        (OUT / "looks.jpg").write_bytes(jpeg(grid(looks(Path(footage)), 4)))


if __name__ == "__main__":
    main()
