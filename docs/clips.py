"""The sounds that are kept here, to be heard and seen in a browser: `python docs/clips.py` makes `docs/clips` again.

One of each class by each family, and a short score, each with its waveform above its spectrogram: mono, Opus of
40 kbit/s. With other seeds, in stereo and beside real clips they are on the page that `listen.py` writes.
"""

from __future__ import annotations

import sys
from html import escape
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from listen import STYLE, made, opus
from sounds import picture, samples, write

from models.inference.session import Session
from models.library.catalog import Library

FOLDER = Path(__file__).resolve().parent / "clips"
SEED, SECONDS, SCORE, BITS = 1, 2.0, 10.0, 40_000
LONGER = {"spaceship_launch": 5.0, "thunder": 4.0}


def kept(name: str, label: str, data: bytes, seconds: float) -> str:
    """A sound's file and its picture, written, and the cell that shows both."""
    (FOLDER / f"{name}.ogg").write_bytes(opus(BytesIO(data), seconds, "mono", BITS))
    write(picture(samples(data)), FOLDER / f"{name}.png")
    about = f"Waveform and spectrogram, {seconds:.0f} s"
    return (
        f"<td><small>{escape(label)}</small><br><img src={name}.png alt='{about}'>"
        f"<audio controls preload=none src={name}.ogg></audio>"
    )


def main() -> None:
    """Write the clips, their pictures and the page; what was there before is removed."""
    makers = [(maker, Session(maker.path, 1)) for maker in Library().of_kind("sound")]
    (music,) = Library().of_kind("music")
    FOLDER.mkdir(exist_ok=True)
    for old in [*FOLDER.glob("*.ogg"), *FOLDER.glob("*.png")]:
        old.unlink()
    page = (
        f"<!doctype html><meta charset=utf-8><title>Latent sounds</title><style>{STYLE}img{{display:block}}</style>"
        "<h1>Sounds</h1><p>Each class by each generator: waveform above spectrogram, 30 Hz to 20 kHz, 70 dB.</p><table>"
    )
    for style in makers[0][0].card.styles:
        seconds = LONGER.get(style.name, SECONDS)
        page += f"\n<tr><td><b>{escape(style.label)}</b>"
        for maker, session in makers:
            data = made(session, maker, SEED, seconds, style=style.name, channels="mono")
            page += kept(f"{style.name}-{maker.card.id}", maker.card.label, data, seconds)
    score = made(Session(music.path, 1), music, SEED, SCORE, mood="hopeful")
    page += f"\n<tr><td><b>Score</b>{kept(f'score-{music.card.id}', f'Hopeful: {music.card.label}', score, SCORE)}"
    (FOLDER / "index.html").write_text(page + "\n</table>\n", "utf-8")
    print(f"{FOLDER}: {sum(path.stat().st_size for path in FOLDER.iterdir()) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
