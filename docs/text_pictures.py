"""Make the pictures of text styles, and measure how well they can be read.

    python docs/text_pictures.py --fonts FOLDER              docs/pictures/text-*.png
    python docs/text_pictures.py --fonts FOLDER --legibility [--grounds FOLDER]

`--fonts` is a folder of font files, such as Blender's own `datafiles/fonts`. The measurement needs tesseract: how many
characters it reads right of twelve sentences on five grounds, sixty readings a style, beside plain white letters with
the same outline on the same sixty crops.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from models.footage.still import read_image  # noqa: E402
from models.inference.session import Session  # noqa: E402
from models.job import Generation  # noqa: E402
from models.kinds.texture import KIND as TEXTURE  # noqa: E402
from models.library.catalog import Library  # noqa: E402
from models.recipe import Recipe  # noqa: E402
from models.text.folders import FONTS, digest_of  # noqa: E402
from models.text.layout import lay_out  # noqa: E402
from models.text.spec import Spec  # noqa: E402

ENTRY = Library().of_kind("text_effect")[0]
TEXTURES = Library().latest("latent_materials")
FRAME = (800, 240)
SENTENCES = (
    "The quick brown fox\njumps over the dog",
    "Every word of this must\nbe easy to read",
    "We meet at 7:30 by the\nold stone bridge",
    "Nobody knew what was\nbehind that door",
    "Call me when the train\nhas left the city",
    "I am sure that we have\nseen him before",
    "Where did you put the\nkeys to my house?",
    "She said it would rain\nuntil next Friday",
    "He never came back for\nhis gray winter coat",
    "Please take these letters\nto your grandmother",
    "Did anyone follow you\nthrough the market?",
    "Just give me one more\nminute to explain",
)


def font(name: str) -> str:
    """Return the digest of the first font file with `name` in it."""
    path = next(path for folder in FONTS for path in sorted(folder.glob("*")) if name in path.name)
    return digest_of(path, path.stat().st_mtime_ns)


def picture(session: Session, spec: Spec, style: str, ground: np.ndarray, **settings: float) -> np.ndarray:
    """Return the text over `ground [H,W,3]` (0…255), where its strip would show it."""
    recipe = Recipe(
        "text_effect", ENTRY.card.id, ENTRY.card.digest, 1, 1, 1, 24.0, 3,
        {"style": style, "layout": spec.json(), **settings}, {},
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        job = Generation.of(recipe, ENTRY.card, Path(folder))
        job.make(lambda: session, lambda *_: None, lambda: None)
        image = read_image(str(job.folder.path / job.folder.name(0))).astype(float)
        box = job.take.box  # type: ignore[attr-defined]
    out = ground.astype(float).copy()
    top, left = max(box.top, 0), max(box.left, 0)
    part = image[top - box.top :, left - box.left :][: out.shape[0] - top, : out.shape[1] - left]
    alpha = part[..., 3:] / 255
    area = out[top : top + part.shape[0], left : left + part.shape[1]]
    area[:] = part[..., :3] * alpha + area * (1 - alpha)
    return out.round().astype(np.uint8)


def textured(style: str, size: tuple[int, int]) -> np.ndarray:
    """Return a ground made by a texture generator `[H,W,3]`."""
    settings: dict[str, str | int] = {"style": style}
    take = TEXTURE.take(
        Recipe("texture", TEXTURES.card.id, TEXTURES.card.digest, *size, 1, 25, 5, settings), TEXTURES.card
    )
    (image,) = take.run(Session(TEXTURES.path, 1), 0).values()
    return (image[0].transpose(1, 2, 0)[: size[1], : size[0]] * 255).astype(np.uint8)


def flat(level: int, size: tuple[int, int]) -> np.ndarray:
    """Return a ground of one gray `[H,W,3]`."""
    return np.full((size[1], size[0], 3), level, np.uint8)


def sheets(to: Path) -> None:
    """Every style at 1:1 on light, dark and busy ground, and some in other scripts."""
    session, size = Session(ENTRY.path, 1), (330, 118)
    grounds = [flat(225, size), flat(22, size), textured("rust", size)]
    rows = []
    for style in ENTRY.card.styles:
        spec = Spec(style.label.split(",")[-1].strip().capitalize(), (font("Inter"),), 60.0, size, bold=True)
        rows.append(np.concatenate([picture(session, spec, style.name, ground) for ground in grounds], axis=1))
    half = (len(rows) + 1) // 2
    save(np.concatenate(rows[:half]), to / "text-styles-1.png")
    save(np.concatenate(rows[half:]), to / "text-styles-2.png")
    texts = (
        ("النار", "Arabic", "fire"),
        ("बर्फ़", "Devanagari", "ice"),
        ("黄金", "CJK", "gold"),
        ("Жизнь", "Inter", "moss"),
    )
    cells = [
        picture(session, Spec(text, (font("Inter"), font(name)), 68.0, (250, 130)), style, flat(60, (250, 130)))
        for text, name, style in texts
    ]
    save(np.concatenate(cells, axis=1), to / "text-scripts.png")


def save(image: np.ndarray, path: Path) -> None:
    """Return a PNG of 256 colors: small, and close enough for a page."""
    Image.fromarray(image).quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)


def read(images: list[np.ndarray]) -> list[str]:
    """Return what tesseract reads in each picture, in one line."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.png") for number in range(len(images))]
        for image, path in zip(images, paths, strict=True):
            Image.fromarray(image).save(path)
        listed = Path(folder, "list.txt")
        listed.write_text("\n".join(map(str, paths)) + "\n")
        done = subprocess.run(["tesseract", str(listed), "-", "--psm", "6"], capture_output=True, text=True, check=True)
    return [" ".join(page.split()) for page in done.stdout.split("\f")[: len(images)]]


def distance(said: str, text: str, anywhere: bool = False) -> int:
    """Letters to change, add or leave out until `said`, or with `anywhere` the best part of it, is `text`."""
    row = [0 if anywhere else n for n in range(len(said) + 1)]
    for n, letter in enumerate(text, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(said, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (letter != other))
    return min(row) if anywhere else row[-1]


def accuracy(said: str, text: str) -> tuple[float, float]:
    """Return the share of characters read right, 0…1: of the text's own lines, and with all that was read beside."""
    lines, whole = text.split("\n"), " ".join(text.split())
    own = 1 - sum(distance(said, line, anywhere=True) for line in lines) / sum(map(len, lines))
    return max(0.0, own), max(0.0, 1 - distance(said, whole) / len(whole))


def legibility(folder: Path | None, settings: dict[str, float]) -> None:
    """Print the share of characters that can be read in each style, and beside plain letters with an outline."""
    session, size = Session(ENTRY.path, 1), FRAME
    if folder:
        paths = sorted(folder.glob("*"))[:5]
        grounds = [np.asarray(Image.open(path).convert("RGB").resize(size), np.uint8) for path in paths]
    else:
        grounds = [flat(225, size), flat(22, size), *(textured(name, size) for name in ("rust", "gravel", "marble"))]
    plain = None
    for style in sorted((style.name for style in ENTRY.card.styles), key=lambda name: name != "plain"):
        images = []
        for text in SENTENCES:
            spec = Spec(text, (font("Inter"),), 60.0, size, bold=True)
            left, top, right, bottom = lay_out(spec).rect
            for ground in grounds:
                whole = picture(session, spec, style, ground, **settings)
                images.append(whole[max(top - 6, 0) : bottom + 6, max(left - 6, 0) : right + 6])
        texts = [text for text in SENTENCES for _ in grounds]
        scores = np.array([accuracy(said, text) for said, text in zip(read(images), texts, strict=True)])
        plain = scores if plain is None else plain
        print(f"| {style} | {row(scores[:, 0], plain[:, 0])} | {row(scores[:, 1], plain[:, 1])} |", flush=True)


def row(scores: np.ndarray, plain: np.ndarray) -> str:
    """Such as `97 % (98 ± 2 % of plain)`: half of a 95 % interval, by 2,000 draws of the same crops for both."""
    draws = np.random.default_rng(0).integers(0, len(scores), (2000, len(scores)))
    ratios = scores[draws].mean(1) / plain[draws].mean(1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return f"{scores.mean():.0%} ({scores.mean() / plain.mean():.0%} ± {(high - low) / 2:.0%} of plain)"


def main() -> None:
    """Make pictures, or measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fonts", type=Path, action="append", required=True, help="a folder of font files")
    parser.add_argument("--legibility", action="store_true", help="measure instead")
    parser.add_argument("--grounds", type=Path, help="pictures to read the texts on; made ones by default")
    parser.add_argument("--outline", type=float, help="the contrast outline to measure with; the default one if not")
    parser.add_argument("--amount", type=float, help="likewise the legibility")
    options = parser.parse_args()
    FONTS[:] = options.fonts
    if options.legibility:
        asked = {"outline": options.outline, "legibility": options.amount}
        legibility(options.grounds, {name: value for name, value in asked.items() if value is not None})
    else:
        sheets(ROOT / "docs" / "pictures")


if __name__ == "__main__":
    main()
