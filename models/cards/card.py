"""A card: what an ONNX generator says of itself, as JSON in the file's own metadata, or in a file beside it.

A model becomes a generator by carrying a card under the key `latent_strips`; nothing else is needed to add one of a
known kind. A model from elsewhere stays as it is: its card is `NAME.json` beside `NAME.onnx`. Names and labels in a
card are text to show and compare. No path is ever built from them unchecked.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import GeneratorError
from ..onnx import metadata
from ..plain_files import is_there, read
from . import fields
from .port import Port
from .style import Direction, Style

KEY = "latent_strips"
VERSION = 1
#: The largest card that lies beside its generator, bytes.
MAX_BESIDE = 1_000_000


@dataclass(frozen=True)
class Card:
    """What a generator says of itself.

    `digest` is the SHA-256 of the file that it was read from; where the card lies beside the file, it covers both (see
    `reading`). Generators of a folder are offered in the order of their `rank` (−100…100), then of their file names.
    """

    id: str
    kind: str
    label: str
    license: str
    digest: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    styles: tuple[Style, ...]
    directions: tuple[Direction, ...] = ()
    sources: tuple[Mapping[str, str], ...] = ()
    training: Mapping[str, Any] = field(default_factory=dict)
    rank: int = 0

    def ports(self, role: str) -> tuple[Port, ...]:
        """Return the inputs that play `role`."""
        return tuple(port for port in self.inputs if port.role == role)

    @property
    def stride(self) -> int:
        """Pixels covered by a cell of the coarsest latent field; 1 when the generator has none."""
        return max((port.stride for port in self.ports("latent_field")), default=1)

    def style(self, name: str) -> Style:
        """Return the style of that name. Raises GeneratorError."""
        for style in self.styles:
            if style.name == name:
                return style
        known = ", ".join(style.name for style in self.styles)
        raise GeneratorError(f"{self.label} has no style {name[:64]!r}. It has: {known}.")

    @classmethod
    def read(cls, path: Path) -> Card:
        """Read the card of an ONNX file. Raises GeneratorError when there is none or it is malformed."""
        beside = path.with_suffix(".json")
        apart = is_there(beside)
        try:
            text = read_beside(beside).decode("utf-8") if apart else metadata.metadata(path).get(KEY)
        except UnicodeDecodeError as error:
            raise GeneratorError(f"{beside.name}: is not UTF-8 text. Save the card as UTF-8.") from error
        if text is None:
            raise GeneratorError(f"{path.name}: carries no card (metadata key {KEY!r}).")
        try:
            card = cls.parse(json.loads(text), metadata.digest(path))
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
        if not -100 <= card.rank <= 100:
            raise ValueError(f"its rank is {card.rank}, not from −100 to 100")
        if len({style.name for style in card.styles}) != len(card.styles):
            raise ValueError("two styles have the same name")
        if any(card.stride % port.stride for port in card.ports("latent_field")):
            raise ValueError("the strides of the latent fields do not divide the coarsest one")
        return card

    def json(self) -> dict[str, Any]:
        """Return the card, ready for JSON: `parse` gives it back."""
        return {
            "card": VERSION,
            **{key: getattr(self, key) for key in ("id", "kind", "label")},
            "licence": self.license,  # as it is spelled in files that are about already
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
            id=fields.name(raw["id"]),
            kind=fields.name(raw["kind"]),
            label=fields.label(raw["label"]),
            license=fields.label(raw["licence"]),
            digest=digest,
            inputs=tuple(Port.parse(port) for port in raw["inputs"]),
            outputs=tuple(Port.parse(port) for port in raw["outputs"]),
            styles=tuple(Style.parse(style) for style in raw["styles"]),
            directions=tuple(
                Direction(fields.name(each["name"]), fields.vector(each)) for each in raw.get("directions", ())
            ),
            sources=tuple(
                {fields.label(k): fields.label(v) for k, v in source.items()} for source in raw.get("sources", ())
            ),
            training=fields.plain(raw.get("training", {})),
            rank=int(raw.get("rank", 0)),
        )


def read_beside(path: Path) -> bytes:
    """Read a card that lies beside its generator: of a plain file only. Raises GeneratorError."""
    try:
        return read(path, MAX_BESIDE)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise GeneratorError(f"{path.name}: is larger than a card may be ({MAX_BESIDE / 1e6:.0f} MB).") from error
        raise GeneratorError(f"{path.name}: can't be read ({error.strerror}).") from error
