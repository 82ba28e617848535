"""Measure every texture generator, and remake the tables, the figure and the contact sheets of docs/textures.md.

`python -m models.training.evaluation.evaluate --data DATA [--psgan FOLDER] [--beside FILE.onnx …]`

Each generator that ships is compared with the pictures of its set, `models/training/sets/<id>.toml`. One without such
a set, and styles whose pictures aren't there, get the figures that need none. `--psgan` is a folder of generators
that `baselines.psgan` has trained; `--beside` measures further files, such as a VAE. Figures are kept in
docs/textures.json; what has been measured by the same code is measured again only with `--again`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from ...inference.session import Session
from ...library.catalog import Entry, Library
from ..data import Crops, DataError, Manifest, Style
from . import measure, report
from .baselines import psgan
from .results import Measured, Row

ROOT = Path(__file__).resolve().parents[3]
#: Of a clip, this many frames are compared.
CLIP_FRAMES = 4


class References:
    """The real pictures of all sets, each read once."""

    def __init__(self, data: Path, psgans: Path | None) -> None:
        self.data, self.psgans = data, psgans
        self._known: dict[object, measure.Reference] = {}

    def of(self, manifest: Manifest, style: Style) -> measure.Reference:
        """Return the pictures of a style. Raises DataError."""
        key = (tuple(source.file for source in style.sources), style.size, style.fit, manifest.held)
        if key not in self._known:
            only = replace(manifest, styles=(style,))
            taught, held = (
                [frame[:3] for clip in clips for frame in clip[:: max(1, len(clip) // CLIP_FRAMES)]]
                for part in ("taught", "held")
                for clips in Crops(only, self.data, measure.CROP, part=part).clips
            )
            if not held and any(picture.shape[2] < 2 * measure.CROP for picture in taught):
                raise DataError(f"{style.name}: its pictures are too narrow to be halved into crops.")
            self._known[key] = measure.Reference(taught, held)
        return self._known[key]

    def psgan(self, manifest: Manifest, style: Style, real: measure.Reference) -> float | None:
        """Return the Fréchet ratio of PSGAN, if one was trained on the pictures of this style."""
        path = self.psgans / manifest.id / f"{style.name}.pt" if self.psgans else None
        if path is None or not path.is_file():
            return None
        generator, taught = psgan.load(path)
        if taught != [source.file for source in style.sources]:
            return None
        return real.distances([psgan.picture(generator, measure.SIDE, seed) for seed in range(2)], "psgan")[0]


class Figures:
    """What was measured before, in a JSON file: it holds for the same generator file, measured by the same code."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._all: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}

    def of(self, entry: Entry) -> dict[str, Any]:
        """Return the figures of a generator: `whole`, and `styles` by name; empty where they have to be measured."""
        known = self._all.get(entry.card.id, {})
        fresh = known.get("generator") == entry.card.digest and known.get("code") == code()
        return known if fresh else {"generator": entry.card.digest, "code": code(), "whole": {}, "styles": {}}

    def forget(self) -> None:
        """Measure all again."""
        self._all.clear()

    def keep(self, entry: Entry, figures: dict[str, Any]) -> None:
        """Write them down at once: the next run goes on from here."""
        self._all[entry.card.id] = figures
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self._all, indent=1, sort_keys=True) + "\n")


@cache
def code() -> str:
    """Return a digest of the code that figures depend on (but for PSGAN's, which are measured beside them)."""
    here = Path(__file__).parent
    files = sorted([here / "measure.py", *here.glob("metrics/*.py"), *here.glob("baselines/[qr]*.py")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def evaluate(entry: Entry, references: References, sets: Path, before: Figures, step: tqdm) -> Measured:
    """Measure a generator and all its styles, but for what was measured before."""
    session, manifest, figures = Session(entry.path), manifest_of(sets, entry), before.of(entry)
    figures["whole"] = figures["whole"] or dict(measure.cost(entry, session))
    rows = []
    for style in entry.card.styles:
        known = figures["styles"].setdefault(style.name, {})
        pictures = measure.made(entry, session, style.name, 1 if known else measure.seen(style))
        if not known:
            known |= measure.still(pictures, entry.card.stride, style.repeat)
            known |= measure.motion(entry, session, style.name)
        row = Row(style.name, style.label, known, made=pictures[0])
        taught = next((one for one in manifest.styles if one.name == style.name), None) if manifest else None
        if manifest and taught:
            try:
                real = references.of(manifest, taught)
                row.real = real.pictures[0]
                if "frechet" not in known:
                    if len(pictures) == 1:
                        pictures = measure.made(entry, session, style.name, measure.PICTURES)
                    known |= measure.quality(pictures[: measure.PICTURES], real)
                rival = None if "psgan" in known else references.psgan(manifest, taught, real)
                known |= {} if rival is None else {"psgan": rival}
            except DataError as error:
                print(f"{entry.card.id}, {style.name}: {error}", file=sys.stderr)
        rows.append(row)
        before.keep(entry, figures)
        step.update()
    return Measured(entry, family(entry), figures["whole"], rows)


def family(entry: Entry) -> str:
    """Return what kind of model a generator is, from the method that its card names."""
    method = str(entry.card.training.get("method", ""))
    if method.startswith("none"):
        return "procedural"
    return "VAE" if "variational" in method else "GAN" if "GAN" in method else "Gaussian"


def manifest_of(sets: Path, entry: Entry) -> Manifest | None:
    """Return the set that a generator was made from, if there is one."""
    id = entry.card.id.removesuffix("_vae").removesuffix("_lite")
    path = sets / f"{id}.toml"
    if not path.is_file():
        return next((m for m in map(Manifest.read, sorted(sets.glob("*.toml"))) if m.id == id), None)
    return Manifest.read(path)


def main(arguments: list[str] | None = None) -> None:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("generators", nargs="*", help="ids of generators that ship; all by default")
    parser.add_argument("--data", type=Path, required=True, help="the folder that the sets' paths start from")
    parser.add_argument("--psgan", type=Path, help="a folder of trained PSGANs, <set>/<style>.pt")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="generators that don't ship")
    parser.add_argument("--sets", type=Path, default=ROOT / "models/training/sets")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("--again", action="store_true", help="measure again what was measured before")
    options = parser.parse_args(arguments)
    torch.manual_seed(0)
    entries = [e for e in Library().of_kind("texture") if e.card.id in (options.generators or [e.card.id])]
    entries += [measure.beside(path) for path in options.beside]
    references = References(options.data, options.psgan)
    figures = Figures(options.docs / "textures.json")
    if options.again:
        figures.forget()
    with tqdm(total=sum(len(entry.card.styles) for entry in entries), unit="style") as step:
        found = [evaluate(entry, references, options.sets, figures, step) for entry in entries]
    print(report.tables(found))
    report.write(found, options.docs)


if __name__ == "__main__":
    main()
