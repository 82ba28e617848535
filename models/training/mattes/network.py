"""Mattes without training: a procedural network. `python -m models.training.mattes.network models/shipped`.

A statistical model beside the trained ones, and what they are measured against: octaves of smooth noise, carried along
by more noise, and points on a jittered grid with their distances (Worley, SIGGRAPH 1996; Perlin, SIGGRAPH 1985; warping
after Quilez). A style is a vector of weights, so that styles morph; the noise is the card's latent fields, so that all
that walks, loops and tiles elsewhere does so here. Every operation wraps around.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...cards.card import VERSION
from ..graphs.export import trace

#: Px that a cell of each noise field covers, and how many fields there are of it.
FIELDS = {32: 8, 16: 5, 8: 4, 4: 4, 2: 2}
#: Largest distance in px that the noise carries a place; a wider border is laid around before.
REACH = 64

#: What the weights of a style stand for, in their order.
WEIGHTS = (
    "a32", "a16", "a8", "a4", "a2",  # octaves of the noise
    "w32", "w16", "w8", "w4",  # octaves of what carries it along, px
    "noise", "billow", "ridge", "web", "wall", "drop", "facet", "bristle",  # how much of each there is in the picture
)  # fmt: skip
Weights = dict[str, float]
STYLES: dict[str, tuple[str, Weights]] = {
    "ink": ("Ink bleed", {"a32": 1, "a16": 0.5, "a8": 0.2, "w32": 8, "w8": 6, "w4": 7, "noise": 1, "ridge": 0.25}),
    "splatter": ("Splatter", {"a4": 0.3, "w16": 3, "w8": 2, "w4": 1.2, "drop": 1, "noise": 0.03}),
    "smoke": ("Smoke", {"a32": 0.8, "a16": 0.8, "a8": 0.25, "a4": 0.08, "w32": 26, "w16": 8, "w8": 2, "noise": 1}),
    "clouds": ("Clouds", {"a32": 1, "a16": 0.7, "a8": 0.45, "a4": 0.2, "a2": 0.1, "w16": 4, "noise": 0.5, "billow": 1}),
    "frost": ("Frost", {"a16": 0.2, "a4": 0.15, "w4": 0.5, "facet": 1, "wall": 0.3, "noise": 0.12}),
    "cells": ("Cells", {"w32": 6, "w16": 4, "w8": 1.5, "wall": 1}),
    "grunge": ("Grunge", {"a32": 0.6, "a16": 0.4, "a8": 0.5, "a4": 0.8, "a2": 0.9, "w8": 3, "noise": 1, "ridge": 0.4}),
    "paper": ("Burnt paper", {"a32": 1, "a16": 0.35, "a8": 0.1, "a2": 0.04, "w16": 5, "w8": 4, "w4": 3.5, "noise": 1}),
    "brush": ("Brush", {"a32": 0.2, "a16": 0.2, "w32": 9, "w16": 3, "noise": 0.3, "bristle": 1}),
    "caustics": ("Caustics", {"a32": 0.5, "a16": 1, "a8": 0.25, "w32": 7, "w16": 5, "web": 1}),
}  # fmt: skip


class Grown(nn.Module):
    """Noise fields `[1,C,h,w]`, a cell for 32 … 2 px, and weights `[1,17]` → a picture `[1,1,H,W]`, about 0…1."""

    def forward(self, z32: Tensor, z16: Tensor, z8: Tensor, z4: Tensor, z2: Tensor, style: Tensor) -> Tensor:
        w = dict(zip(WEIGHTS, style[0].unbind(), strict=True))
        # Sides follow from the fields alone, in steps that the exporter can prove to be equal.
        n32, n16, n8, n4, n2 = (enlarged(z, s) for z, s in ((z32[:, :4], 32), (z16, 16), (z8, 8), (z4, 4), (z2, 2)))
        # Fields 0 and 1 are the noise, 2 and 3 carry it along.
        noise = w["a32"] * n32[:, :2] + w["a16"] * n16[:, :2] + w["a8"] * n8[:, :2] + w["a4"] * n4[:, :2] + w["a2"] * n2
        way = w["w32"] * n32[:, 2:] + w["w16"] * n16[:, 2:4] + w["w8"] * n8[:, 2:] + w["w4"] * n4[:, 2:]
        first, second = noise[:, :1], noise[:, 1:]
        folds = w["a32"] * n32[:, :1].abs() + w["a16"] * n16[:, :1].abs() + w["a8"] * n8[:, :1].abs()
        folds = folds + w["a4"] * n4[:, :1].abs() + w["a2"] * n2[:, :1].abs()
        wall, drop, facet = points(z32[:, 4:], 32)
        _, fine, _ = points(z16[:, 1:], 16)
        streaks = drawn_out(n4[:, :1], 97) * 4.2 + drawn_out(n2[:, :1], 65) * 4.2 + drawn_out(n8[:, :1], 161) * 2.4
        picture = (
            w["noise"] * first
            - w["billow"] * folds
            - w["ridge"] * first.abs()
            + w["web"] * (0.1 / (0.06 + first.abs()) + 0.1 / (0.06 + second.abs()))
            + w["wall"] * wall
            + w["drop"] * torch.maximum(drop, 0.5 * fine - 0.35)
            + w["facet"] * facet
            + w["bristle"] * streaks
        )
        return carried(picture, way) * 0.25 + 0.5


def enlarged(z: Tensor, factor: int) -> Tensor:
    """`[1,C,h,w]` → `[1,C,factor·h,factor·w]`, bicubic (Keys, 1981), wrapping around.

    A convolution for each place inside a cell, which runtimes do many times faster than resizing.
    """
    place = (torch.arange(factor) + 0.5) / factor - 0.5
    far = (place[:, None] - torch.arange(-2, 3)).abs()
    near, next = 1.25 * far**3 - 2.25 * far**2 + 1, -0.75 * (far**3 - 5 * far**2 + 8 * far - 4)
    taps = torch.where(far < 1, near, torch.where(far < 2, next, torch.zeros_like(far)))
    x = z.transpose(0, 1)
    for axis in (2, 3):
        weight = taps.reshape(factor, 1, *((5, 1) if axis == 2 else (1, 5)))
        count = x.shape[axis]
        around = torch.remainder(torch.arange(-2, count + 2), count)
        x = F.conv2d(x.index_select(axis, around), weight)  # [C,factor,h,w]
        x = x.permute(0, 2, 1, 3).flatten(1, 2)[:, None] if axis == 2 else x.permute(0, 2, 3, 1).flatten(2, 3)[:, None]
    return x.transpose(0, 1)


def drawn_out(x: Tensor, width: int) -> Tensor:
    """Return the mean along a row of `width` px (odd), wrapping around."""
    around = torch.remainder(torch.arange(-(width // 2), x.shape[3] + width // 2), x.shape[3])
    return F.conv2d(x.index_select(3, around), torch.ones(1, 1, 1, width) / width)


def points(z: Tensor, cell: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return a point in each cell of the grid, moved by fields 0 and 1 of `z [1,4,h,w]` → three pictures `[1,1,H,W]`.

    Walls between the places that are nearest to each; drops, as large as field 2 says; facets that slope as fields 2
    and 3 say.
    """
    # Where a px lies in its cell: one cell's places, repeated.
    inside = (torch.arange(cell, dtype=torch.float32) + 0.5) / cell
    y = (torch.zeros_like(z[:, :1, :, :1, None]) + inside).reshape(1, 1, -1, 1)
    x = (torch.zeros_like(z[:, :1, :1, :, None]) + inside).reshape(1, 1, 1, -1)
    place = 0.5 + 0.42 * torch.tanh(z[:, :2])
    size = 0.42 * torch.exp(0.55 * z[:, 2:3].clamp(-3, 1.6))
    border = framed(torch.cat((place, size, z[:, 2:4]), dim=1))
    first = 0 * (y + x) + 9.0
    second, facet, drop = first, 0 * first, first - 18.0
    height, width = z.shape[2], z.shape[3]
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            near = border[:, :, down : down + height, right : right + width]
            near = (near[:, :, :, None, :, None] + torch.zeros(cell, 1, cell)).flatten(4, 5).flatten(2, 3)
            dy, dx = y - near[:, :1] - (down - 1), x - near[:, 1:2] - (right - 1)
            far = torch.sqrt(dy * dy + dx * dx + 1e-6)
            closer = far < first
            second = torch.minimum(second, torch.maximum(first, far))
            facet = torch.where(closer, dy * near[:, 3:4] + dx * near[:, 4:5] + 0.6 * near[:, 3:4], facet)
            first = torch.minimum(first, far)
            drop = torch.maximum(drop, near[:, 2:3] - far)
    return (second - first) * 4, drop * 3, facet


def framed(x: Tensor) -> Tensor:
    """`x [1,C,h,w]` with a border of one px that wraps around."""
    x = torch.cat((x[:, :, -1:], x, x[:, :, :1]), dim=2)
    return torch.cat((x[..., -1:], x, x[..., :1]), dim=3)


def carried(picture: Tensor, way: Tensor) -> Tensor:
    """`picture [1,1,H,W]` seen through displacements `way [1,2,H,W]` in px (down, across), wrapping around."""
    rows, columns = picture.shape[2], picture.shape[3]
    border = framed(picture)
    y = torch.arange(rows, dtype=torch.float32)[None, :, None] + way[:, 0].clamp(-2 * REACH, 2 * REACH)
    x = torch.arange(columns, dtype=torch.float32)[None, None, :] + way[:, 1].clamp(-2 * REACH, 2 * REACH)
    y, x = y - rows * torch.floor(y / rows), x - columns * torch.floor(x / columns)
    grid = torch.stack(((2 * x + 3) / (columns + 2) - 1, (2 * y + 3) / (rows + 2) - 1), dim=-1)
    return F.grid_sample(border, grid, mode="bilinear", padding_mode="border", align_corners=False)


def vector(weights: Weights) -> list[float]:
    """Return a style's weights in their order."""
    return [float(weights.get(name, 0.0)) for name in WEIGHTS]


def card() -> dict[str, object]:
    """Return the card, ready for JSON."""
    fields = [{"name": f"z{s}", "role": "latent_field", "channels": n, "stride": s} for s, n in FIELDS.items()]
    return {
        "card": VERSION,
        "id": "grown_mattes",
        "kind": "matte",
        "label": "Grown mattes",
        "licence": "CC0-1.0",
        "rank": 10,
        "inputs": [*fields, {"name": "style", "role": "style", "channels": len(WEIGHTS)}],
        "outputs": [{"name": "image", "role": "image", "channels": 1, "range": [0.0, 1.0]}],
        "styles": [
            {"name": name, "label": label, "vector": vector(weights)} for name, (label, weights) in STYLES.items()
        ],
        "training": {"method": "none: noise, warped noise and distances to points", "weights": list(WEIGHTS)},
    }


def example(rows: int = 3, columns: int = 4) -> tuple[Tensor, ...]:
    """Return inputs for a picture of that many of the largest cells."""
    rng = torch.Generator().manual_seed(0)
    fields = [torch.randn(1, n, rows * 32 // s, columns * 32 // s, generator=rng) for s, n in FIELDS.items()]
    return (*fields, torch.tensor([vector(STYLES["smoke"][1])]))


def export(path: Path) -> float:
    """Write the file. Returns the largest difference between torch and onnxruntime."""
    return trace(Grown().eval(), example(), FIELDS, card(), path)


def main(arguments: list[str] | None = None) -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    path = parser.parse_args(arguments).folder / "grown_mattes.onnx"
    difference = export(path)
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB, differs from torch by at most {difference:.2g}")


if __name__ == "__main__":
    main()
