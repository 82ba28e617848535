"""Pictures of structured materials, rendered by rules: `python -m models.training.gaussian.masonry --data DATA`.

They stand in for photographs that weren't to be had: each is a height field, lit, in colors of its units, with the
grain of CC0 photographs. `DATA/rendered/<name>.png` is taught, `DATA/rendered/<name>_held.png`, of another seed, is
held out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from .courses import Units
from .masonry_canvas import FINER, Canvas, Field, blur, color, lit, mixed, noise, step, to_edge

#: Sides of the taught and of the held picture, px.
SIDES = {"": 768, "_held": 384}

BRICKS = Units(32, 96, 48)


def bricks(canvas: Canvas) -> Field:
    """Red bricks in running bond: worn edges, pits, a few burnt ones."""
    rng, side = canvas.rng, canvas.side
    course, unit, down, across = canvas.places(BRICKS)
    worn = 0.8 * noise(rng, side, 1.2, 20) + 0.5 * noise(rng, side, 0.6, 60)
    inside = to_edge(BRICKS, down, across) - 2.4 - worn
    brick = step(inside, -0.6, 1.0)
    tone, warm, bump = canvas.each(course, unit, 3)
    pits = step(noise(rng, side, 0.9, 40), 1.7, 2.3)
    rough = noise(rng, side, 0.7, 30)
    height = 5 * step(inside, -1.5, 4.5) + brick * (0.35 * rough - 2.2 * pits + 0.5 * bump) + (1 - brick) * 0.5 * rough
    red = mixed(color("8c4a3a"), color("553330"), step(tone, 0.2, 2.2))
    red = mixed(red, color("a56a4a"), 0.8 * step(-tone, 0.2, 2.0))
    red = red * (1 + 0.08 * warm * np.array([1, 0.3, -0.4])[:, None, None] + 0.07 * noise(rng, side, 1.0, 6))
    red = mixed(red, color("b9a79a"), 0.35 * step(noise(rng, side, 1.3, 5), 0.9, 2.4))
    mortar = color("a39a8c") * (1 + 0.07 * noise(rng, side, 0.8, 20))
    return mixed(mortar, red * canvas.grain("plaster__Plaster002_Color.jpg"), brick) * lit(height, 0.42, 0.09)


ROOF = Units(64, 64)


def roof(canvas: Canvas) -> Field:
    """Roof tiles of clay, slightly curved: each course lies on the one below it."""
    rng, side = canvas.rng, canvas.side
    course, unit, down, across = canvas.places(ROOF)
    tone, warm = canvas.each(course, unit, 2)
    t = across / ROOF.length
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * t**0.85)
    edge = 60 + 0.7 * noise(rng, side, 1.2, 12) + 3.0 * wave  # the lower edge follows the wave
    below = step(down - edge, 0, 1.2)
    height = 40 * wave + 3.5 * (down / ROOF.height) * (1 - below) + 0.35 * noise(rng, side, 0.8, 24)
    height = height - 2.2 * step(across, 62.2, 63.5) - 2.2 * step(-across, -1.2, 0)
    clay = mixed(color("9c5a42"), color("6f4034"), step(tone, 0, 2.2))
    clay = mixed(clay, color("b07b58"), 0.7 * step(-tone, 0, 2.2))
    clay = clay * (1 + 0.06 * warm * np.array([1, 0.2, -0.5])[:, None, None] + 0.09 * noise(rng, side, 1.2, 6))
    lichen = step(noise(rng, side, 1.1, 14) + 0.8 * (down / 64 - 0.5), 1.5, 2.2)
    clay = mixed(clay, color("8f8a6c"), 0.65 * lichen)
    shadow = 1 - 0.62 * step(-down, -9, 0) * (0.55 + 0.45 * wave)
    return clay * canvas.grain("concrete__Concrete020_Color.jpg") * lit(height, 0.5, 0.006, 20) * shadow


BOARDS = Units(32, 128, 64)


def parquet(canvas: Canvas) -> Field:
    """Oak boards laid in bond."""
    rng, side = canvas.rng, canvas.side
    course, unit, down, across = canvas.places(BOARDS)
    tone, warm = canvas.each(course, unit, 2)
    wood = canvas.cut("wood__wood_Color.jpg", course, unit, BOARDS)
    wood = wood * (1 + 0.13 * tone + 0.05 * warm * np.array([1, 0.1, -0.9])[:, None, None])
    inside = to_edge(BOARDS, down, across) - 0.25 * (1 + noise(rng, side, 1.0, 20))
    height = 3 * step(inside, 0.0, 1.9)
    return wood * lit(height, 0.22, 0.05) * (0.35 + 0.65 * step(inside, 0.1, 1.1))


SQUARES = Units(64, 64)


def chequers(canvas: Canvas) -> Field:
    """White and black marble by turns, polished."""
    rng, side = canvas.rng, canvas.side
    course, unit, down, across = canvas.places(SQUARES)
    (tone,) = canvas.each(course, unit)
    white = canvas.cut("marble__Marble001_Color.jpg", course, unit, SQUARES)
    black = canvas.cut("marble__Marble006_Color.jpg", course, unit, SQUARES)
    stone = np.where((course + unit) % 2 == 0, white * 0.97, black * 0.9) * (1 + 0.05 * tone)
    inside = to_edge(SQUARES, down, across) - 1.1 - 0.12 * noise(rng, side, 1.0, 30)
    grout = color("6f6a64") * (1 + 0.08 * noise(rng, side, 0.5, 60))
    return mixed(grout, stone, step(inside, -0.5, 0.5)) * lit(2.5 * step(inside, -1.0, 1.8), 0.25, 0.05)


STRANDS = Units(32, 32)


def rattan(canvas: Canvas) -> Field:
    """Cane woven over and under, three canes to a strand."""
    rng, side = canvas.rng, canvas.side
    course, unit, down, across = canvas.places(STRANDS)
    (tone,) = canvas.each(course, unit)
    flat = (course + unit) % 2 == 0  # a strand that runs across is on top
    wobble = 0.5 * noise(rng, side, 1.4, 10)
    over, along = np.where(flat, down, across) + wobble, np.where(flat, across, down)
    number = np.clip(np.floor((over - 1.5) / (29 / 3)), 0, 2)
    cane = np.sqrt(np.clip(1 - ((over - 1.5 - number * 29 / 3) / (29 / 6) - 1) ** 2, 0, 1))
    arch = np.sqrt(np.clip(1 - 0.86 * (along / 16 - 1) ** 2, 0.02, 1))
    height = 7 * cane * (0.55 + 0.45 * arch) + 16 * arch
    fibres = np.where(flat, noise(rng, side, 0.8, 16, (1, 14)), noise(rng, side, 0.8, 16, (14, 1)))
    tint = tone + 0.9 * np.sin(number * 2.4 + 5 * tone)
    hue = mixed(color("b98a52"), color("8a5a30"), step(tint, -0.3, 2.2))
    hue = mixed(hue, color("d8b27a"), 0.8 * step(-tint, 0.0, 2.0)) * (1 + 0.09 * fibres)
    gap = step(cane, 0.05, 0.5) * step(np.minimum(along, 32 - along), -0.5, 2.5)
    return hue * lit(height, 0.4, 0.02, 10) * (0.3 + 0.7 * gap)


def denim(canvas: Canvas) -> Field:
    """Indigo twill: warp threads of 4 px over white weft."""
    rng, side = canvas.rng, canvas.side
    y, x = np.mgrid[:side, :side] / FINER
    y, x = y + 0.35 * noise(rng, side, 1.5, 10), x + 0.35 * noise(rng, side, 1.5, 10)
    row, column = np.floor(y / 4), np.floor(x / 4)
    place = (x + y) / 4 % 4  # along the wale: 0…3 warp on top, 3…4 weft
    warp = step(np.abs(place - 3.5), 0.35, 0.7)
    round_x, round_y = np.sin(np.pi * (x / 4 % 1)), np.sin(np.pi * (y / 4 % 1))
    height = 2.6 * warp * round_x + 1.6 * (1 - warp) * round_y + 0.5 * np.sin(np.pi * np.clip(place / 3, 0, 1))
    threads = rng.standard_normal(int(column.max()) + 2)[column.astype(int)]
    picks = rng.standard_normal(int(row.max()) + 2)[row.astype(int)]
    slubs = noise(rng, side, 1.1, 10, (16, 1))
    faded = 0.5 + 0.1 * threads + 0.22 * slubs + 0.12 * noise(rng, side, 0.5, 80)
    blue = mixed(color("1f2c4a"), color("5d7ba3"), np.clip(faded, 0, 1))
    white = color("a9b3bd") * (1 + 0.08 * picks + 0.08 * noise(rng, side, 0.5, 80))
    return mixed(white, blue, warp) * lit(height, 0.35, 0.10, 5)


def lozenges(canvas: Canvas) -> Field:
    """Chequer plate: steel with raised lozenges, by turns this way and that, worn bright on top."""
    rng, side = canvas.rng, canvas.side
    y, x = np.mgrid[:side, :side] / FINER
    row, column = np.floor(y / 32), np.floor(x / 32)
    dy, dx = y % 32 - 16, x % 32 - 16
    way = np.where((row + column) % 2 == 0, 1, -1)
    along, over = (dx + way * dy) / np.sqrt(2), (dx - way * dy) / np.sqrt(2)
    lens = 1 - (np.abs(along) / 17) ** 2 - np.abs(over) / 5.2
    raised = step(lens + 0.03 * noise(rng, side, 1.0, 20), 0.0, 0.5)
    scratches = noise(rng, side, 0.9, 10, (1, 9)) + noise(rng, side, 0.9, 10, (9, 1))
    steel = color("7d8186") * canvas.grain("metal__Metal009_Color.jpg") * (1 + 0.07 * noise(rng, side, 1.3, 4))
    steel = steel * (1 + 0.05 * scratches) * (1 + 0.35 * raised * step(noise(rng, side, 1.0, 12), -1.2, 0.8))
    grime = step(noise(rng, side, 1.4, 4) - 0.9 * raised - 1.2 * step(raised - blur(raised, 8), 0, 0.4), 0.2, 1.6)
    steel = mixed(steel, color("4b3b30"), 0.7 * grime)
    return steel * lit(5 * raised + 0.15 * noise(rng, side, 0.8, 40), 0.5, 0.07)


#: What is rendered, by name, and the size that its photographs are taken at, px of the finished picture.
PICTURES: dict[str, Callable[[Canvas], Field]] = {
    each.__name__: each for each in (bricks, roof, parquet, chequers, rattan, denim, lozenges)
}
PHOTOGRAPHS = 512


def _photograph(data: Path, name: str) -> Field:
    side = PHOTOGRAPHS * FINER
    with Image.open(data / "textures" / "color" / name) as opened:
        picture = opened.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(picture, np.float64).transpose(2, 0, 1) / 255


def picture(name: str, side: int, seed: int, photographs: Callable[[str], Field]) -> Image.Image:
    """One picture of `side` px, a multiple of 384."""
    made = PICTURES[name](Canvas(side * FINER, np.random.default_rng(seed), photographs))
    made = made.reshape(3, side, FINER, side, FINER).mean(axis=(2, 4)).clip(0, 1)
    return Image.fromarray((made * 255).round().astype(np.uint8).transpose(1, 2, 0))


def main(arguments: list[str] | None = None) -> None:
    """Render from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that the sets' paths start from")
    options = parser.parse_args(arguments)
    out = options.data / "rendered"
    out.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        for seed, (ending, side) in enumerate(SIDES.items()):
            picture(name, side, seed, lambda file: _photograph(options.data, file)).save(out / f"{name}{ending}.png")
            print(out / f"{name}{ending}.png")


if __name__ == "__main__":
    main()
