"""What a card says of an input or an output: its name, the role it plays, and how its numbers are to be read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..printable import printable
from . import fields

#: What a port may say of its type, its layout, its colors and what the graph leaves to be done; the usual word first.
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
    period in a style's `repeat`), `patch_field` (`[1, channels, rows, columns]`: patches of a photograph, whose cells
    are about `stride` px wide, see `models/photo`), `cell_rows` and `cell_columns` (`[1, px]`: the px of such a cell),
    `image` (`[1, channels, H, W]`, values in `low`…`high`; of four channels the last is alpha, and the others are
    multiplied by it). Sounds: `identity` and `variation` (standard normal
    `[N, channels]`: what a sound is, and what changes while it lasts), `style` `[N, channels]`, and `bands`
    (`[N, 4, 64, 96]`, see `sound.bands`). Generators from elsewhere have more, see `roles`; for them
    `shape` is that of the graph (−1 is an open size), `dtype` its type, `layout` where an image has its channels,
    `order` in which colors they come, `activation` what the graph leaves to be done, `mean` and `std` what is
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

    @property
    def label(self) -> str:
        """Its name as it may be shown."""
        return printable(self.name)[:48]

    def json(self) -> dict[str, Any]:
        """Return what a card holds of this port: what is not as usual."""
        found: dict[str, Any] = {"name": self.name, "role": self.role, "channels": self.channels}
        found["range"] = [self.low, self.high]
        named = ("stride", "shape", "dtype", "layout", "order", "activation", "mean", "std", "default", "multiple")
        return found | fields.unusual(self, (*named, "rate"))

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Port:
        """Build a port from parsed JSON. Raises ValueError, TypeError or KeyError when it is malformed."""
        low, high = fields.numbers(raw.get("range", (0.0, 1.0)))
        port = cls(
            fields.text(raw["name"]), fields.name(raw["role"]), int(raw["channels"]),
            int(raw.get("stride", 1)), low, high,
            shape=tuple(int(n) for n in raw.get("shape", ())),
            mean=fields.numbers(raw.get("mean", ())), std=fields.numbers(raw.get("std", ())),
            default=float(raw.get("default", 0.0)), multiple=int(raw.get("multiple", 1)),
            rate=int(raw.get("rate", 0)),
            **{key: fields.one_of(raw.get(key, words[0]), words) for key, words in WORDS.items()},
        )  # fmt: skip
        port._check()
        return port

    def _check(self) -> None:
        """Raise ValueError for what no network could have."""
        named = f"port {self.name[:64]!r}"
        sized = 1 <= self.channels <= 4096 and 1 <= self.stride <= MAX_STRIDE
        if not sized or not -math.inf < self.low < self.high < math.inf:
            raise ValueError(f"{named} has impossible sizes")
        sides = len(self.shape) <= 12 and all(n == -1 or 1 <= n <= 2**31 for n in self.shape)
        if not sides or not 1 <= self.multiple <= 1024:
            raise ValueError(f"{named} has an impossible shape")
        if self.rate and not RATES[0] <= self.rate <= RATES[1]:
            raise ValueError(f"{named} has a sample rate that is not from {RATES[0]} to {RATES[1]}")
        scaled = min(self.std, default=1.0) > 0 and len(self.mean) == len(self.std) <= 4
        if not scaled or not math.isfinite(self.default):
            raise ValueError(f"{named} has an impossible default, mean or deviation")
