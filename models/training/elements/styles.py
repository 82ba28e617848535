"""The styles of `elements`: how noise is added up, carried along and folded, and what colors it gets."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

#: What the weights of a style stand for, in their order.
WEIGHTS = (
    "a128", "a32", "a16", "a8", "a4", "fall",  # octaves of the noise; fine noise, drawn out downwards
    "w128", "w32", "w16", "w8", "w4",  # octaves of what carries it along, px
    "at1", "noise1", "crest1", "web1", "width1", "gate", "gate_at", "light",  # the layer in front: see `Elements`
    "at2", "noise2", "crest2", "web2", "width2", "over",  # the one behind; how much of it the front hides
    "small", "big", "spark_r", "spark_g", "spark_b", "spark_a",  # sparks of 2 and of 4 px, and their color
)  # fmt: skip
#: Colors of a ramp, evenly spaced.
KNOTS = 33

Ramp = tuple[tuple[float, str], ...]
NONE: Ramp = ((0.0, "00000000"), (1.0, "00000000"))


@dataclass(frozen=True)
class Element:
    """A style. Ramps are places 0…1 and colors, RRGGBBAA, straight; they are multiplied by alpha here."""

    label: str
    weights: dict[str, float]
    front: Ramp
    behind: Ramp = NONE
    emissive: bool = False
    alpha: bool = False
    drift: tuple[float, float] = (0.0, 0.0)
    rate: float = 0.5


def ramp(stops: Ramp) -> Tensor:
    """`[4,KNOTS]`, multiplied by alpha."""
    places = torch.tensor([place for place, _ in stops])
    colors = torch.tensor([[int(code[n : n + 2], 16) / 255 for n in (0, 2, 4, 6)] for _, code in stops])
    colors[:, :3] *= colors[:, 3:]
    x = torch.linspace(0, 1, KNOTS)
    right = torch.searchsorted(places, x).clamp(1, len(places) - 1)
    share = ((x - places[right - 1]) / (places[right] - places[right - 1])).clamp(0, 1)[:, None]
    return (colors[right - 1] + share * (colors[right] - colors[right - 1])).T


def vectors() -> tuple[Tensor, Tensor]:
    """Weights `[S,len(WEIGHTS)]` and ramps `[S,8,KNOTS]` of all styles, in their order."""
    usual = {"gate_at": 1.0, "over": 1.0, "width1": 0.08, "width2": 0.08}
    weights = torch.tensor([[{**usual, **one.weights}.get(name, 0.0) for name in WEIGHTS] for one in STYLES.values()])
    return weights, torch.stack([torch.cat((ramp(one.front), ramp(one.behind))) for one in STYLES.values()])


STYLES: dict[str, Element] = {
    "fire": Element(
        "Fire",
        {"a128": 0.8, "a32": 0.32, "a16": 0.13, "a8": 0.05, "fall": 0.48, "w128": 15, "w32": 9, "w16": 4, "w8": 1.5,
         "at1": 0.36, "noise1": 0.26},
        ((0, "00000000"), (0.25, "20040008"), (0.45, "8c1800a0"), (0.62, "e85a06e0"), (0.8, "ffb028f4"),
         (1, "fff0a8ff")),
        emissive=True, alpha=True, drift=(-260, 0), rate=1.6,
    ),
    "smoke": Element(
        "Smoke",
        {"a128": 0.8, "a32": 0.45, "a16": 0.22, "a8": 0.1, "a4": 0.03, "w128": 16, "w32": 9, "w16": 4, "w8": 2,
         "at1": 0.42, "noise1": 0.3, "light": 0.7},
        ((0, "58585a00"), (0.35, "6c6c7008"), (0.6, "84848860"), (0.8, "a4a4a8b0"), (1, "d0d0d4e8")),
        alpha=True, drift=(-70, 12), rate=0.6,
    ),
    "lava": Element(
        "Lava",
        {"a128": 0.9, "a32": 0.55, "a16": 0.25, "a8": 0.13, "a4": 0.06, "w128": 8, "w32": 6, "w16": 4, "w8": 2,
         "at1": -0.1, "web1": 1.05, "width1": 0.3, "at2": 0.4, "noise2": 0.25, "over": 0.0, "light": 0.2},
        ((0, "00000000"), (0.2, "00000000"), (0.42, "50100080"), (0.62, "c83004ff"), (0.8, "ff8418ff"),
         (1, "fff0a0ff")),
        ((0, "040303ff"), (0.5, "140c0aff"), (1, "2c1c18ff")),
        emissive=True, drift=(0, 10), rate=0.2,
    ),

    "water": Element(
        "Water",
        {"a32": 0.9, "a16": 0.5, "a8": 0.06, "w128": 8, "w32": 6, "w16": 3, "at1": -0.12, "web1": 1.0, "width1": 0.14,
         "at2": 0.0, "web2": 0.75, "width2": 0.2, "noise2": 0.12, "over": 0.0},
        ((0, "00000000"), (0.2, "0a4a6018"), (0.55, "3ab4d070"), (1, "f0ffffe0")),
        ((0, "041c34ff"), (0.3, "073a58ff"), (0.6, "15708cff"), (1, "6cd0dcff")),
        rate=1.0,
    ),
    "clouds": Element(
        "Clouds",
        {"a128": 1.0, "a32": 0.5, "a16": 0.25, "a8": 0.13, "a4": 0.06, "w128": 14, "w32": 6, "w16": 3, "w8": 2,
         "at1": 0.43, "noise1": 0.26, "light": 0.3},
        ((0, "2e6cc0ff"), (0.36, "4a8ad8ff"), (0.5, "8cb8ecff"), (0.62, "e2ecf8ff"), (0.8, "f8fbffff"),
         (1, "ffffffff")),
        drift=(0, 18), rate=0.18,
    ),
    "dusk": Element(
        "Clouds at dusk",
        {"a128": 1.0, "a32": 0.48, "a16": 0.24, "a8": 0.12, "a4": 0.05, "w128": 16, "w32": 6, "w16": 3, "w8": 2,
         "at1": 0.46, "noise1": 0.26, "light": 0.4},
        ((0, "1c2450ff"), (0.3, "3c3a78ff"), (0.5, "8c5084ff"), (0.65, "e0786cff"), (0.82, "ffb070ff"),
         (1, "ffe6b0ff")),
        drift=(0, 18), rate=0.18,
    ),
    "nebula": Element(
        "Nebula",
        {"a128": 0.95, "a32": 0.45, "a16": 0.22, "a8": 0.1, "a4": 0.04, "w128": 22, "w32": 9, "w16": 4, "w8": 2,
         "at1": 0.4, "noise1": 0.19, "at2": 0.36, "noise2": 0.24, "over": 0.0,
         "small": 1, "big": 0.3, "spark_r": 0.9, "spark_g": 0.95, "spark_b": 1.0},
        ((0, "02020aff"), (0.35, "0c0620ff"), (0.55, "3a1068ff"), (0.75, "9a2aa8ff"), (0.9, "f07cc0ff"),
         (1, "ffe0f0ff")),
        ((0, "00000000"), (0.45, "00000000"), (0.65, "0c3a8c60"), (0.85, "2a9ad8a0"), (1, "b0f4ffd0")),
        emissive=True, drift=(0, 6), rate=0.12,
    ),
    "red_nebula": Element(
        "Red nebula",
        {"a128": 0.95, "a32": 0.45, "a16": 0.24, "a8": 0.12, "a4": 0.05, "w128": 22, "w32": 10, "w16": 5, "w8": 2,
         "at1": 0.38, "noise1": 0.2, "at2": 0.34, "noise2": 0.24, "over": 0.0,
         "small": 1, "big": 0.3, "spark_r": 1.0, "spark_g": 0.92, "spark_b": 0.85},
        ((0, "060204ff"), (0.4, "1c0608ff"), (0.6, "701c10ff"), (0.8, "d86420ff"), (1, "ffe0a0ff")),
        ((0, "00000000"), (0.5, "00000000"), (0.7, "08505c60"), (0.9, "30b0b0a0"), (1, "c0fff4d0")),
        emissive=True, drift=(0, 6), rate=0.12,
    ),
    "stars": Element(
        "Stars",
        {"a128": 0.9, "a32": 0.4, "a16": 0.2, "a8": 0.1, "w32": 3, "at1": 0.35,
         "noise1": 0.22,
         "small": 1.6, "big": 0.5, "spark_r": 1.0, "spark_g": 1.05, "spark_b": 1.2},
        ((0, "010206ff"), (0.5, "040816ff"), (0.8, "0c1432ff"), (1, "24306aff")),
        emissive=True, drift=(0, 5), rate=0.08,
    ),
    "plasma": Element(
        "Plasma",
        {"a128": 1.1, "a32": 0.5, "a16": 0.2, "a8": 0.1, "a4": 0.03, "w128": 10, "w32": 6, "w16": 4, "w8": 2,
         "at1": -0.06, "web1": 1.06, "at2": -0.04, "web2": 0.8, "over": 0.0},
        ((0, "00000000"), (0.12, "10008010"), (0.4, "3a30ff70"), (0.75, "90b0ffd0"), (1, "ffffffff")),
        ((0, "00000000"), (0.2, "40008020"), (0.5, "a020e060"), (1, "ffb0ffc0")),
        emissive=True, alpha=True, rate=1.1,
    ),
    "aurora": Element(
        "Aurora",
        {"a128": 1.0, "a32": 0.2, "fall": 0.35, "w128": 20, "w32": 6, "at1": 0.3, "noise1": 0.22,
         "at2": 0.28, "noise2": 0.24, "over": 0.0},
        ((0, "00000000"), (0.4, "00604010"), (0.65, "10e08080"), (0.85, "70ffb0c0"), (1, "e0ffe8e8")),
        ((0, "00000000"), (0.5, "20006010"), (0.75, "8030e070"), (1, "f080ffb0")),
        emissive=True, alpha=True, drift=(0, 14), rate=0.35,
    ),
    "embers": Element(
        "Embers",
        {"w32": 14, "w16": 7, "w8": 2, "small": 0.5, "big": 1, "spark_r": 2.2, "spark_g": 0.9, "spark_b": 0.2,
         "spark_a": 2.2},
        NONE, emissive=True, alpha=True, drift=(-220, 40), rate=0.5,
    ),
    "fog": Element(
        "Fog",
        {"a128": 1.0, "a32": 0.25, "a16": 0.1, "a8": 0.03, "w128": 20, "w32": 6, "at1": 0.45, "noise1": 0.2},
        ((0, "dce2e800"), (0.3, "dce2e810"), (0.6, "e2e8ee80"), (1, "f0f4f8e0")),
        alpha=True, drift=(0, 40), rate=0.25,
    ),
    "dust": Element(
        "Dust",
        {"w32": 14, "w16": 7, "w8": 2, "small": 1, "big": 0.6, "spark_r": 0.55, "spark_g": 0.54, "spark_b": 0.5,
         "spark_a": 0.55},
        NONE, emissive=True, alpha=True, drift=(8, 14), rate=0.3,
    ),
}  # fmt: skip
