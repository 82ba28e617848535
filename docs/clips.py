"""The few sounds that are kept here, to be heard in a browser: `python docs/clips.py` makes `docs/clips` again.

One of each class by the network, some classes by the other families, and the end of a score: mono, Opus of 40 kbit/s.
All of it at length, in stereo and with other seeds is on the page that `listen.py` writes.
"""

from __future__ import annotations

import sys
from html import escape
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from listen import STYLE, made, opus

from models.library import Library
from models.runtime import Session

FOLDER = Path(__file__).resolve().parent / "clips"
SEED, SECONDS, SCORE, BITS = 1, 2.0, 10.0, 40_000
LONGER = {"spaceship_launch": 5.0, "thunder": 4.0}
#: Classes that the other families are heard with.
COMPARED = ("engine", "explosion", "rain")


def main() -> None:
    """Write the clips and a page with a player for each."""
    first, *others = Library().of_kind("sound")
    (music,) = Library().of_kind("music")
    FOLDER.mkdir(exist_ok=True)
    rows = []
    for maker in (first, *others):
        session = Session(maker.path, 1)
        for style in maker.card.styles:
            if maker is not first and style.name not in COMPARED:
                continue
            seconds = LONGER.get(style.name, SECONDS)
            data = made(session, maker, SEED, seconds, style=style.name, channels="mono")
            rows.append((f"{style.name}-{maker.card.id}", f"{style.label}: {maker.card.label}", data, seconds))
    score = made(Session(music.path, 1), music, SEED, SCORE, mood="hopeful")
    rows.append((f"score-{music.card.id}", f"A hopeful score of {SCORE:.0f} s: {music.card.label}", score, SCORE))
    page = (
        f"<!doctype html><meta charset=utf-8><title>Latent sounds</title><style>{STYLE}</style><h1>Sounds</h1><table>"
    )
    for name, label, data, seconds in rows:
        (FOLDER / f"{name}.ogg").write_bytes(opus(BytesIO(data), seconds, "mono", BITS))
        page += f"\n<tr><td>{escape(label)}<td><audio controls preload=none src={name}.ogg></audio>"
    (FOLDER / "index.html").write_text(page + "\n</table>\n", "utf-8")
    print(f"{FOLDER}: {sum(path.stat().st_size for path in FOLDER.iterdir()) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
