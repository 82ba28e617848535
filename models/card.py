"""A card: what an ONNX generator says of itself, as JSON in the file's own metadata.

A model becomes a generator by carrying a card under the key `latent_strips`; nothing else is needed to add one of a
known kind. Names and labels in a card are text to show and compare. No path is ever built from them unchecked.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import onnx_file
from .errors import GeneratorError

KEY = "latent_strips"
VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Port:
    """An input or output of the graph and the role it plays.

    Roles in use: `latent_field` (standard normal noise `[1, channels, rows, columns]`, one cell covering `stride` px),
    `style` (vector `[1, channels]`), `waves` (`[1, 4, rows, columns]`: sine and cosine down, the same across, with one
    period in a style's `repeat`), `image` (`[1, channels, H, W]`, values in `low`…`high`; of four channels the
    last is alpha, and the others are multiplied by it). Sounds: `identity` and `variation` (standard normal
    `[N, channels]`: what a sound is, and what changes while it lasts), `style` `[N, channels]`, and `bands`
    (`[N, 4, 64, 96]`, see `sound.bands`).
    """

    name: str
    role: str
    channels: int
    stride: int = 1
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Style:
    """A named point in the generator's style space.

    An emissive style is light on black, and best laid over a picture by Screen. `alpha` says that the generator's own
    alpha channel is to be used. `drift` (down, to the right) in px of the texture a second, and `rate` in latent keys
    a second, are how the material moves by nature. `repeat` (rows, columns) in latent cells is the period of a material
    with courses, such as bricks. `persistence` tells a sound that goes on from one that happens once (0): the
    correlation of its latents from one window to the next.
    """

    name: str
    label: str
    vector: tuple[float, ...]
    emissive: bool = False
    alpha: bool = False
    drift: tuple[float, float] = (0.0, 0.0)
    rate: float = 0.5
    repeat: tuple[int, int] = (1, 1)
    persistence: float = 0.0


@dataclass(frozen=True)
class Card:
    """What a generator says of itself. `digest` is the SHA-256 of the file that it was read from."""

    id: str
    kind: str
    label: str
    licence: str
    digest: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    styles: tuple[Style, ...]
    sources: tuple[Mapping[str, str], ...] = ()
    training: Mapping[str, Any] = field(default_factory=dict)

    def ports(self, role: str) -> tuple[Port, ...]:
        """The inputs that play `role`."""
        return tuple(port for port in self.inputs if port.role == role)

    @property
    def stride(self) -> int:
        """Pixels covered by a cell of the coarsest latent field; 1 when the generator has none."""
        return max((port.stride for port in self.ports("latent_field")), default=1)

    def style(self, name: str) -> Style:
        """The style of that name. Raises GeneratorError."""
        for style in self.styles:
            if style.name == name:
                return style
        known = ", ".join(style.name for style in self.styles)
        raise GeneratorError(f"{self.label} has no style {name[:64]!r}. It has: {known}.")

    @classmethod
    def read(cls, path: Path) -> Card:
        """Read the card of an ONNX file. Raises GeneratorError when there is none or it is malformed."""
        text = onnx_file.metadata(path).get(KEY)
        if text is None:
            raise GeneratorError(f"{path.name}: carries no card (metadata key {KEY!r}).")
        try:
            return cls.parse(json.loads(text), onnx_file.digest(path))
        except (ValueError, RecursionError) as error:
            raise GeneratorError(f"{path.name}: its card is malformed ({str(error)[:120]}).") from error

    @classmethod
    def parse(cls, raw: Any, digest: str) -> Card:
        """Build a card from parsed JSON. Raises ValueError when it is malformed."""
        try:
            if raw["card"] != VERSION:
                raise ValueError(f"card version {str(raw['card'])[:40]}, not {VERSION}")
            card = cls._parse(raw, digest)
        except KeyError as error:
            raise ValueError(f"{error} is missing") from error
        except (AttributeError, OverflowError, TypeError) as error:  # a list where an object belongs, and the like
            raise ValueError(str(error)) from error
        sizes = {port.channels for port in card.ports("style")}
        if any({len(style.vector)} != sizes for style in card.styles):
            raise ValueError("a style's vector has not the size of the style input")
        if len({style.name for style in card.styles}) != len(card.styles):
            raise ValueError("two styles have the same name")
        if any(card.stride % port.stride for port in card.ports("latent_field")):
            raise ValueError("the strides of the latent fields do not divide the coarsest one")
        return card

    @classmethod
    def _parse(cls, raw: Mapping[str, Any], digest: str) -> Card:
        return cls(
            id=_name(raw["id"]),
            kind=_name(raw["kind"]),
            label=_text(raw["label"]),
            licence=_text(raw["licence"]),
            digest=digest,
            inputs=tuple(_port(port) for port in raw["inputs"]),
            outputs=tuple(_port(port) for port in raw["outputs"]),
            styles=tuple(_style(style) for style in raw["styles"]),
            sources=tuple({_text(k): _text(v) for k, v in source.items()} for source in raw.get("sources", ())),
            training=dict(raw.get("training", {})),
        )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError("a text is missing or over 1000 characters")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"{str(value)[:64]!r} is not a name of small letters, digits, - and _")
    return value


def _port(raw: Mapping[str, Any]) -> Port:
    low, high = (float(v) for v in raw.get("range", (0.0, 1.0)))
    port = Port(_text(raw["name"]), _name(raw["role"]), int(raw["channels"]), int(raw.get("stride", 1)), low, high)
    if not 1 <= port.channels <= 4096 or not 1 <= port.stride <= 1024 or not -math.inf < low < high < math.inf:
        raise ValueError(f"port {port.name[:64]!r} has impossible sizes")
    return port


def _style(raw: Mapping[str, Any]) -> Style:
    vector = tuple(float(v) for v in raw["vector"])
    down, right = (float(v) for v in raw.get("drift", (0.0, 0.0)))
    rate = float(raw.get("rate", Style.rate))
    if not all(math.isfinite(v) for v in vector):
        raise ValueError("a style's vector is not finite")
    if not max(abs(down), abs(right)) <= 10_000 or not 0 <= rate <= 100:
        raise ValueError("a style moves impossibly fast")
    rows, columns = (int(v) for v in raw.get("repeat", (1, 1)))
    if not (1 <= rows <= 64 and 1 <= columns <= 64):
        raise ValueError("a style's repeat is not from 1 to 64 cells")
    persistence = float(raw.get("persistence", 0.0))
    if not 0 <= persistence < 1:
        raise ValueError("a style's persistence is not from 0 to 1")
    lights = bool(raw.get("emissive", False)), bool(raw.get("alpha", False))
    moves = (down, right), rate, (rows, columns)
    return Style(_name(raw["name"]), _text(raw["label"]), vector, *lights, *moves, persistence)
