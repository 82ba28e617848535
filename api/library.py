"""The generators at hand, and importing others."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..models.cards.card import Card
from ..models.doctor import Finding
from ..models.errors import GeneratorError, MediaError
from ..models.kinds import kind as kind_of
from ..operators.blender.library import imports
from ..operators.blender.library.doctor import run
from ..operators.blender.preferences import library
from ..operators.blender.presets import folder


def generators(kind: str = "") -> list[Card]:
    """Return the cards of the generators at hand, or of those of a kind: `id`, `label`, `kind`, `styles`, `license`.

    >>> "latent_materials" in [card.id for card in latent_strips.generators("texture")]
    True
    """
    if kind:
        kind_of(kind)
    return [entry.card for entry in library().entries() if kind in ("", entry.card.kind)]


def styles(kind: str = "texture", generator: str = "") -> list[str]:
    """Return the styles that strips of a kind can have, or those of one generator.

    >>> "marble" in latent_strips.styles("texture")
    True
    """
    cards = [library().latest(generator).card] if generator else generators(kind)
    return list(dict.fromkeys(style.name for card in cards for style in card.styles))


def presets(kind: str = "texture") -> list[str]:
    """Return the names of the presets of a kind: the user's, then those that ship. Functions take one as `preset`.

    >>> "Burning Title" in latent_strips.presets("text_effect")
    True
    """
    kind_of(kind)
    return [each.name for each in folder.of_kind(kind)]


def import_generator(path: str | Path, label: str = "", *, control_flow: bool = False, rate: int = 0) -> list[Card]:
    """Take an ONNX file, or all of a folder, into the library of generators. Returns their cards.

    It is read and tried in a process of its own. `label` is what a single one is called; `control_flow` takes files
    with Loop, Scan or If, which may run until the time limit; `rate` is that of sounds, in 1/s (0: as the file says).
    Raises the error of the first file that can't be used, after the others were imported.

    >>> (faces,) = latent_strips.import_generator(model, "Faces")
    >>> faces.kind
    'image'
    """
    if not str(path).strip():
        raise GeneratorError("No generator was named. Give the path of an ONNX file, or of a folder of them.")
    jobs = imports.run(imports.files(Path(path)), label, control_flow, rate)
    for job in jobs:
        if job.error:
            raise job.error
    return [library().latest(str(job.event["id"])).card for job in jobs if job.event]


def texture_from_photo(image: str | Path, label: str = "", credit: str = "") -> Card:
    """Make a texture generator of a photograph, in seconds, and take it into the library. Returns its card.

    The middle of the picture, as large a square as fits, is the example: pieces of it are blended so that its colors
    stay as they are (see `docs/before-and-after.md`). `label` names generator and style; `credit` says whose picture it
    is. Raises MediaError for what can't be a texture.

    >>> wall = latent_strips.texture_from_photo(photograph, "Garden Wall")
    >>> wall.kind
    'texture'
    """
    if not str(image).strip():
        raise MediaError("No picture was named. Give the path of an image file.")
    job = imports.develop(bpy.context, Path(image), label, credit, is_live=False)
    return library().latest(str(job.event["id"])).card


def doctor() -> list[Finding]:
    """Check the installation, in a process of its own. Returns what was found.

    >>> [finding.name for finding in latent_strips.doctor() if finding.state == "error"]
    []
    """
    return run()
