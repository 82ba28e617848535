"""Write what `evaluate` has measured: the tables and pictures of docs/textures.md."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import median

import torch
from PIL import Image, ImageDraw, ImageFont

from ..textures.contact_sheet import to_pil
from .doc_tables import put
from .results import Measured, Row

#: GFLOP for a 1080p frame of PSGAN as published (Bergmann et al., 2017): five transposed convolutions.
PSGAN = 170
#: The aims: Fréchet ratios of stochastic and of structured styles.
STOCHASTIC, STRUCTURED = 2.5, 4.0
COLUMNS = {
    "frechet": "Fréchet", "random_phase": "random phase", "quilting": "quilting", "psgan": "PSGAN",
    "pyramid": "pyramid", "random_phase_pyramid": "random phase", "variety": "variety", "memorization": "newness",
    "repetition": "repeats", "real_repetition": "photo's", "seam": "seam", "lattice": "lattice", "closure": "closure",
    "variation": "variation", "trembling": "trembling", "reversal": "reversal",
}  # fmt: skip
COLORS = {
    "GAN": (214, 92, 40),
    "Gaussian": (40, 110, 190),
    "VAE": (70, 150, 70),
    "procedural": (150, 90, 170),
    "free": (130, 130, 130),
}


def tables(found: list[Measured]) -> str:
    """All tables as Markdown."""
    return "\n\n".join([families(found), *(styles(one) for one in found)])


def families(found: list[Measured]) -> str:
    """Return a row a generator, with medians over its styles, and one each for the baselines."""
    lines = [
        "| generator | family | styles | Fréchet | pyramid | variety | newness | GFLOP | CPU ms | MB |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        middle = {name: _median(one.rows, name) for name in ("frechet", "pyramid", "variety", "memorization")}
        cells = [one.entry.card.label, one.family, str(len(one.rows)), *map(_number, middle.values())]
        cells += [f"{one.figures['gflop']:.1f}", f"{one.figures['ms']:.0f}", f"{one.figures['mb']:.1f}"]
        lines.append("| " + " | ".join(cells) + " |")
    rows = [row for one in found for row in one.rows]
    for label, name in (("random-phase noise", "random_phase"), ("image quilting", "quilting"), ("PSGAN", "psgan")):
        count = sum(name in row.figures for row in rows)
        pyramid = _number(_median(rows, f"{name}_pyramid"))
        gflop = str(PSGAN) if name == "psgan" else "–"
        lines.append(
            f"| {label} | baseline | {count} | {_number(_median(rows, name))} | {pyramid} | – | – | {gflop} | – | – |"
        )
    return "\n".join(lines)


def styles(one: Measured) -> str:
    """Return the table of a generator, a row a style, and what it says of the aims."""
    names = [name for name in COLUMNS if any(name in row.figures for row in one.rows)]
    lines = [f"### {one.entry.card.label}", ""]
    lines += ["| style | " + " | ".join(COLUMNS[name] for name in names) + " |", "|---" + "|---:" * len(names) + "|"]
    for row in one.rows:
        cells = [_number(row.figures.get(name)) for name in names]
        lines.append(f"| {row.label} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", verdict(one)])


def verdict(one: Measured) -> str:
    """Which styles reach the aims, in words."""
    judged = [row for row in one.rows if "frechet" in row.figures]
    if not judged:
        return "There are no real pictures of these styles here to compare with."

    def aim(row: Row) -> float:
        return STRUCTURED if one.entry.card.style(row.style).repeat != (1, 1) else STOCHASTIC

    def beats(rival: str) -> str:
        both = [row for row in judged if rival in row.figures]
        return f"{sum(row.figures['frechet'] < row.figures[rival] for row in both)} of {len(both)}"

    missed = [row.label for row in judged if row.figures["frechet"] > aim(row)]
    words = [
        f"Within the aim: {len(judged) - len(missed)} of {len(judged)} styles"
        + (f" (not {', '.join(missed)})." if missed else "."),
        f"Nearer than random-phase noise: {beats('random_phase')}; than image quilting: {beats('quilting')}"
        + (f"; than PSGAN: {beats('psgan')}." if any("psgan" in row.figures for row in judged) else "."),
    ]
    seams = [row.label for row in one.rows if not 0.9 <= row.figures["seam"] <= 1.1]
    words.append(f"Seam outside 0.9–1.1: {', '.join(seams)}." if seams else "All seams are within 0.9–1.1.")
    return " ".join(words)


def _median(rows: list[Row], name: str) -> float | None:
    values = [row.figures[name] for row in rows if name in row.figures]
    return median(values) if values else None


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2g}" if 0 < abs(value) < 0.1 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write(found: list[Measured], docs: Path) -> None:
    """Remake the pictures, and put the tables into docs/textures.md where its comments say."""
    pictures = docs / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    chart(found).save(pictures / "families.png")
    sheets = []
    for one in found:
        name = f"sheet-{one.entry.card.id}.jpg"
        sheet(one.rows).save(pictures / name, quality=88)
        sheets.append(f"**{one.entry.card.label}**: photograph left, result right, at 1:1.\n\n![](pictures/{name})")
    bodies = {"families": families(found), "styles": "\n\n".join(map(styles, found)), "sheets": "\n\n".join(sheets)}
    put(docs / "textures.md", bodies)


def sheet(rows: list[Row], side: int = 192, columns: int = 3) -> Image.Image:
    """Photograph beside result of each style, `side` px at 1:1; black where there is no photograph."""
    gap, title = 6, 18
    width, height = columns * (2 * side + gap) - gap, -(-len(rows) // columns) * (side + title + gap) - gap
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for number, row in enumerate(rows):
        x, y = number % columns * (2 * side + gap), number // columns * (side + title + gap)
        draw.text((x + 2, y + 2), row.label, fill="black", font=ImageFont.load_default(12))
        for place, image in enumerate((row.real, row.made)):
            image = torch.full((3, side, side), -1.0) if image is None else image[:, :side, :side]
            picture.paste(to_pil(image), (x + place * side, y + title))
    return picture


def chart(found: list[Measured], size: tuple[int, int] = (1000, 560)) -> Image.Image:
    """Quality against speed: a dot a style, a ring a generator's median; both scales logarithmic, down is better."""
    fine = 2  # drawn larger and made smaller, for smooth edges
    width, height = (side * fine for side in size)
    left, top, right, bottom = 90 * fine, 30 * fine, width - 230 * fine, height - 70 * fine
    picture = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(15 * fine)
    slow, high = 2000.0, 64.0

    def at(ms: float, ratio: float) -> tuple[float, float]:
        x = left + (right - left) * math.log(max(ms, 10) / 10) / math.log(slow / 10)
        return x, bottom - (bottom - top) * math.log(min(max(ratio, 0.5), high) / 0.5) / math.log(high / 0.5)

    for mark in (10, 30, 100, 300, 1000):
        x, _ = at(mark, 1)
        draw.line((x, top, x, bottom), fill=(225, 225, 225), width=fine)
        draw.text((x, bottom + 8 * fine), f"{mark} ms", fill="black", font=font, anchor="mt")
    for ratio in (1, 2.5, 4, 10, 30):
        _, y = at(10, ratio)
        draw.line((left, y, right, y), fill=(150, 190, 150) if ratio == 2.5 else (225, 225, 225), width=fine)
        draw.text((left - 8 * fine, y), f"{ratio:g}", fill="black", font=font, anchor="rm")
    draw.text(
        ((left + right) / 2, height - 20 * fine),
        "processor time for a 1080p frame",
        fill="black",
        font=font,
        anchor="mm",
    )
    draw.text((8 * fine, 6 * fine), "distance from the photograph (1 = another piece of it)", fill="black", font=font)

    rows = [row for one in found for row in one.rows]
    shown = [(one.entry.card.label, one.family, one.figures["ms"], one.rows, "frechet") for one in found]
    shown += [
        (name, "free", slow * 0.9, rows, key)
        for name, key in (("random phase", "random_phase"), ("quilting", "quilting"), ("PSGAN", "psgan"))
    ]
    for place, (label, family, ms, its, key) in enumerate(shown):
        color = COLORS[family]
        for row in its:
            if key in row.figures and family != "free":
                _dot(draw, at(ms, row.figures[key]), 3 * fine, color)
        middle = _median(its, key)
        if middle is None:
            continue
        x, y = at(ms, middle)
        draw.ellipse((x - 9 * fine, y - 9 * fine, x + 9 * fine, y + 9 * fine), outline=color, width=3 * fine)
        line = top + place * 26 * fine
        _dot(draw, (right + 20 * fine, line + 8 * fine), 5 * fine, color)
        draw.text((right + 32 * fine, line), f"{label}: {_number(middle)}", fill="black", font=font)
    return picture.resize(size, Image.Resampling.LANCZOS)


def _dot(draw: ImageDraw.ImageDraw, place: tuple[float, float], radius: float, color: tuple[int, int, int]) -> None:
    x, y = place
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
