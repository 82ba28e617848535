"""Make a generator of one photograph of the user's, as a file that the importer takes like any other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ..library.user import PHOTO
from ..printable import printable
from . import example, generator, source
from .generator import Photo

#: What a card says where nobody said whose a photograph is.
OWN = "photograph of the user"


def said(remarks: Iterable[str]) -> str:
    """Return remarks as what a library keeps of a generator."""
    return "; ".join((PHOTO, *remarks))


def developed(path: Path, label: str = "", credit: str = "") -> tuple[bytes, tuple[str, ...]]:
    """Return the ONNX file of the photograph at `path`, and what is to be said of it. Raises MediaError.

    `label` names generator and style (else the file does), `credit` says whose picture it is and under which license.
    """
    read = source.read(path)
    words = " ".join(printable(label or path.stem.replace("_", " ")).split())[:64] or "Photograph"
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "photograph"
    origin = " ".join(printable(credit).split())[:200] or OWN
    photo = Photo(name, words, example.fitted(read.picture), origin, "unknown", generator.SHARPNESS)
    card = generator.card(f"photo_{name}", words, "unknown", [photo])
    return generator.written(card, [photo]), read.remarks
