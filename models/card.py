"""A card: what an ONNX generator says of itself, as JSON in the file's own metadata, or in a file beside it.

A model becomes a generator by carrying a card under the key `latent_strips`; nothing else is needed to add one of a
known kind. A model from elsewhere stays as it is: its card is `NAME.json` beside `NAME.onnx`. Names and labels in a
card are text to show and compare. No path is ever built from them unchecked.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import card_fields, onnx_file
from .errors import GeneratorError

KEY = "latent_strips"
VERSION = 1
#: The largest card that lies beside its generator, bytes.
MAX_BESIDE = 1_000_000
#: What a port may say of its type, its layout, its colours and what the graph leaves to be done; the usual word first.
WORDS = {
    "dtype": ("float32", "float16", "float64", "int64", "int32", "uint8", "bool"),
    "layout": ("nchw", "nhwc"),
    "order": ("rgb", "bgr"),
    "activation": ("none", "sigmoid", "tanh", "minmax"),
}
#: The most pixels, or samples, that a cell of a latent field may stand for.
MAX_STRIDE = 16_384
#: The lowest and the highest samples a second of a sound.
RATES = 1000, 384_000


@dataclass(frozen=True)
class Port:
    """An input or output of the graph and the role it plays.

    Roles in use: `latent_field` (standard normal noise `[1, channels, rows, columns]`, one cell covering `stride` px),
    `style` (vector `[1, channels]`), `waves` (`[1, 4, rows, columns]`: sine and cosine down, the same across, with one
    period in a style's `repeat`), `image` (`[1, channels, H, W]`, values in `low`…`high`; of four channels the
    last is alpha, and the others are multiplied by it). Sounds: `identity` and `variation` (standard normal
    `[N, channels]`: what a sound is, and what changes while it lasts), `style` `[N, channels]`, and `bands`
    (`[N, 4, 64, 96]`, see `sound.bands`). Generators from elsewhere have more, see `roles`; for them
    `shape` is that of the graph (−1 is an open size), `dtype` its type, `layout` where an image has its channels,
    `order` in which colours they come, `activation` what the graph leaves to be done, `mean` and `std` what is
    subtracted and divided by, a channel, `default` a number's usual value, `multiple` what an image's sides must
    be whole multiples of, and `rate` the samples a second of a sound (0: unknown).
    """

    name: str
    role: str
    channels: int
    stride: int = 1
    low: float = 0.0
    high: float = 1.0
    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    layout: str = "nchw"
    order: str = "rgb"
    activation: str = "none"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    default: float = 0.0
    multiple: int = 1
    rate: int = 0

    def json(self) -> dict[str, Any]:
        """What a card holds of this port: what is not as usual."""
        found: dict[str, Any] = {"name": self.name, "role": self.role, "channels": self.channels}
        found["range"] = [self.low, self.high]
        named = ("stride", "shape", "dtype", "layout", "order", "activation", "mean", "std", "default", "multiple")
        return found | _unusual(self, (*named, "rate"))


@dataclass(frozen=True)
class Style:
    """A named point in the generator's style space.

    An emissive style is light on black, and best laid over a picture by Screen. `alpha` says that the generator's own
    alpha channel is to be used. `drift` (down, to the right) in px of the texture a second, and `rate` in latent keys
    a second, are how the material moves by nature. `repeat` (rows, columns) in latent cells is the period of a material
    with courses, such as bricks. `persistence` tells a sound that goes on from one that happens once (0): the
    correlation of its latents from one window to the next. Generators that know classes instead of styles have one for
    each class, in their order, with an empty vector.
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

    def json(self) -> dict[str, Any]:
        """What a card holds of this style: what is not as usual."""
        found = {"name": self.name, "label": self.label, "vector": list(self.vector)}
        return found | _unusual(self, ("emissive", "alpha", "drift", "rate", "repeat", "persistence"))


@dataclass(frozen=True)
class Direction:
    """A way to change every style: added to the style vector times −1…1, it changes one thing that `name` says."""

    name: str
    vector: tuple[float, ...]


@dataclass(frozen=True)
class Card:
    """What a generator says of itself.

    `digest` is the SHA-256 of the file that it was read from; where the card lies beside the file, it covers both (see
    `reading`). Generators of a folder are offered in the order of their `rank` (0…100), then of their file names.
    """

    id: str
    kind: str
    label: str
    licence: str
    digest: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    styles: tuple[Style, ...]
    directions: tuple[Direction, ...] = ()
    sources: tuple[Mapping[str, str], ...] = ()
    training: Mapping[str, Any] = field(default_factory=dict)
    rank: int = 0

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
        beside = path.with_suffix(".json")
        apart = beside.is_file()
        text = _beside(beside) if apart else onnx_file.metadata(path).get(KEY)
        if text is None:
            raise GeneratorError(f"{path.name}: carries no card (metadata key {KEY!r}).")
        try:
            card = cls.parse(json.loads(text), onnx_file.digest(path))
            return replace(card, digest=card.reading()) if apart else card
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
        sizes = {port.channels for port in card.ports("style")} or {0}
        vectors = [style.vector for style in card.styles] + [each.vector for each in card.directions]
        if any({len(vector)} != sizes for vector in vectors):
            raise ValueError("a style's or direction's vector has not the size of the style input")
        if not 0 <= card.rank <= 100:
            raise ValueError(f"its rank is {card.rank}, not from 0 to 100")
        if len({style.name for style in card.styles}) != len(card.styles):
            raise ValueError("two styles have the same name")
        if any(card.stride % port.stride for port in card.ports("latent_field")):
            raise ValueError("the strides of the latent fields do not divide the coarsest one")
        return card

    def json(self) -> dict[str, Any]:
        """The card, ready for JSON: `parse` gives it back."""
        return {
            "card": VERSION,
            **{key: getattr(self, key) for key in ("id", "kind", "label", "licence")},
            "inputs": [port.json() for port in self.inputs],
            "outputs": [port.json() for port in self.outputs],
            "styles": [style.json() for style in self.styles],
            "directions": [{"name": each.name, "vector": list(each.vector)} for each in self.directions],
            "sources": [dict(source) for source in self.sources],
            "training": dict(self.training),
            "rank": self.rank,
        }

    def reading(self) -> str:
        """Digest of the file and of what a card beside it says of its inputs and outputs: both decide the frames."""
        said = [[port.json() for port in ports] for ports in (self.inputs, self.outputs)]
        return hashlib.sha256(f"{self.digest} {json.dumps(said, sort_keys=True)}".encode()).hexdigest()

    @classmethod
    def _parse(cls, raw: Mapping[str, Any], digest: str) -> Card:
        return cls(
            id=card_fields.name(raw["id"]),
            kind=card_fields.name(raw["kind"]),
            label=card_fields.label(raw["label"]),
            licence=card_fields.label(raw["licence"]),
            digest=digest,
            inputs=tuple(_port(port) for port in raw["inputs"]),
            outputs=tuple(_port(port) for port in raw["outputs"]),
            styles=tuple(_style(style) for style in raw["styles"]),
            directions=tuple(
                Direction(card_fields.name(each["name"]), card_fields.vector(each))
                for each in raw.get("directions", ())
            ),
            sources=tuple(
                {card_fields.text(k): card_fields.text(v) for k, v in source.items()}
                for source in raw.get("sources", ())
            ),
            training=card_fields.plain(raw.get("training", {})),
            rank=int(raw.get("rank", 0)),
        )


def _unusual(of: Port | Style, keys: tuple[str, ...]) -> dict[str, Any]:
    """Those fields that don't have their usual value, ready for JSON."""
    found = {key: getattr(of, key) for key in keys if getattr(of, key) != getattr(type(of), key)}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}


def _beside(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BESIDE:
            raise GeneratorError(f"{path.name}: is larger than a card may be ({MAX_BESIDE / 1e6:.0f} MB).")
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise GeneratorError(f"{path.name}: is no text.") from error
    except OSError as error:
        raise GeneratorError(f"{path.name}: can't be read ({error.strerror}).") from error


def _port(raw: Mapping[str, Any]) -> Port:
    low, high = card_fields.numbers(raw.get("range", (0.0, 1.0)))
    port = Port(
        card_fields.text(raw["name"]), card_fields.name(raw["role"]), int(raw["channels"]), int(raw.get("stride", 1)),
        low, high,
        shape=tuple(int(n) for n in raw.get("shape", ())),
        mean=card_fields.numbers(raw.get("mean", ())), std=card_fields.numbers(raw.get("std", ())),
        default=float(raw.get("default", 0.0)), multiple=int(raw.get("multiple", 1)),
        rate=int(raw.get("rate", 0)),
        **{key: card_fields.one_of(raw.get(key, words[0]), words) for key, words in WORDS.items()},
    )  # fmt: skip
    if not 1 <= port.channels <= 4096 or not 1 <= port.stride <= MAX_STRIDE or not -math.inf < low < high < math.inf:
        raise ValueError(f"port {port.name[:64]!r} has impossible sizes")
    if (
        len(port.shape) > 12
        or not all(n == -1 or 1 <= n <= 2**31 for n in port.shape)
        or not 1 <= port.multiple <= 1024
    ):
        raise ValueError(f"port {port.name[:64]!r} has an impossible shape")
    if port.rate and not RATES[0] <= port.rate <= RATES[1]:
        raise ValueError(f"port {port.name[:64]!r} has a sample rate that is not from {RATES[0]} to {RATES[1]}")
    if not math.isfinite(port.default) or min(port.std, default=1.0) <= 0 or not len(port.mean) == len(port.std) <= 4:
        raise ValueError(f"port {port.name[:64]!r} has an impossible default, mean or deviation")
    return port


def _style(raw: Mapping[str, Any]) -> Style:
    down, right = (float(v) for v in raw.get("drift", (0.0, 0.0)))
    rate = float(raw.get("rate", Style.rate))
    if not max(abs(down), abs(right)) <= 10_000 or not 0 <= rate <= 100:
        raise ValueError("a style moves impossibly fast")
    rows, columns = (int(v) for v in raw.get("repeat", (1, 1)))
    if not (1 <= rows <= 64 and 1 <= columns <= 64):
        raise ValueError("a style's repeat is not from 1 to 64 cells")
    persistence = float(raw.get("persistence", 0.0))
    if not 0 <= persistence < 1:
        raise ValueError("a style's persistence is not from 0 to 1")
    lights = bool(raw.get("emissive", False)), bool(raw.get("alpha", False))
    named = card_fields.name(raw["name"]), card_fields.label(raw["label"]), card_fields.vector(raw)
    return Style(*named, *lights, (down, right), rate, (rows, columns), persistence)
