"""Hold texture generators against their photographs with the ruler, and remake docs/before-and-after.md.

`python -m models.training.evaluation.ruler --data DATA [GENERATOR …] [--again]`

Figures are kept in docs/ruler.json; what was measured of the same generator file is measured again only with `--again`.
A generator of photographs is also built of their left halves alone, and judged by the right ones (see `held_out`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from ....inference.session import Session
from ....library.catalog import Entry, Library
from ...data import Crops, DataError, Manifest
from .. import measure
from ..evaluate import ROOT, manifest_of
from . import held_out, report
from .judge import CROPS, Photographs, judged
from .likeness import alike

#: Pictures that are judged together.
GROUP = 12


def of_style(
    entry: Entry, session: Session, manifest: Manifest, name: str, data: Path, groups: int
) -> dict[str, float]:
    """Return the figures of a style of a generator. Raises DataError where its photographs aren't there."""
    (images,) = Crops(manifest.only([name]), data, min(CROPS)).images
    real = Photographs.of([image[:3] for image in images])
    found = judged(real, [picture[:3] for picture in measure.made(entry, session, name, groups * GROUP)], GROUP)
    return found | (held_out.judged(manifest, name, data) if entry.card.ports("patch_field") else {})


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("generators", nargs="*", help="ids of generators that ship; all with photographs by default")
    parser.add_argument("--data", type=Path, required=True, help="the folder that the sets' paths start from")
    parser.add_argument("--sets", type=Path, default=ROOT / "models/training/sets")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("--groups", type=int, default=3, help="groups of twelve pictures that each style is judged by")
    parser.add_argument("--again", action="store_true", help="measure again what was measured before")
    options = parser.parse_args(arguments)
    torch.manual_seed(0)
    kept = options.docs / "ruler.json"
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.is_file() else {}
    for entry in Library().of_kind("texture"):
        manifest = manifest_of(options.sets, entry)
        if manifest is None or (options.generators and entry.card.id not in options.generators):
            continue
        session = Session(entry.path)
        known = figures.get(entry.card.id, {})
        if options.again or known.get("generator") != entry.card.digest:
            known = {"generator": entry.card.digest, "label": entry.card.label, "styles": {}}
        figures[entry.card.id] = known
        for style in tqdm(entry.card.styles, desc=entry.card.id):
            if style.name in known["styles"] or all(style.name != one.name for one in manifest.styles):
                continue
            try:
                found = of_style(entry, session, manifest, style.name, options.data, options.groups)
            except DataError as error:
                print(f"{entry.card.id}, {style.name}: {error}")
                continue
            known["styles"][style.name] = {"label": style.label, **found}
            kept.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
        if "alike" not in known:
            known["alike"] = alike({s.name: measure.made(entry, session, s.name, 1)[0] for s in entry.card.styles})
        kept.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    report.write(figures, options.docs)


if __name__ == "__main__":
    main()
