"""Remake the pictures of the README from the shipped generators: `nox -s pictures`.

`docs/pictures/styles.png` shows nine styles at 1:1, `docs/pictures/motion.png` six frames of a loop of each of three.
`python docs/pictures.py FOOTAGE` remakes `docs/pictures/looks.jpg` alone: a frame in each of the painted looks, at 1:1.
FOOTAGE is `car-detection.mp4` of Intel's sample videos (github.com/intel-iot-devkit/sample-videos, CC BY 4.0).
"""

from __future__ import annotations

import sys
from fractions import Fraction
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


def looks(film: Path) -> list[Picture]:
    """A part of a frame of filmed footage, and the same in each of the painted looks."""
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
    """A JPEG file of `[3,H,W]` in 0…1."""
    pixels = np.round(picture.clip(0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.height, encoder.width, encoder.pix_fmt = *pixels.shape[:2], "yuvj444p"
    encoder.time_base, encoder.qmin, encoder.qmax = Fraction(1, 25), 2, 3
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))


def main() -> None:
    """Write the pictures."""
    OUT.mkdir(exist_ok=True)
    if len(sys.argv) > 1:
        (OUT / "looks.jpg").write_bytes(jpeg(grid(looks(Path(sys.argv[1])), 4)))
        return
    styles, motion = [], []
    for name, (still, moving) in SHOWN.items():
        entry = Library().latest(name)
        session = Session(entry.path)
        for style in still:
            styles += frames(entry, session, style, (416, 288), [0])
        for style in moving:
            motion += frames(entry, session, style, (192, 192), [0, 8, 16, 24, 32, 40])
    (OUT / "styles.png").write_bytes(png.png(grid(styles, 3)))
    (OUT / "motion.png").write_bytes(png.png(grid(motion, 6)))


if __name__ == "__main__":
    main()
