"""One page to hear every sound and score on: `python docs/listen.py PAGE.html [--clips FOLDER]`.

For each class four seeds of the network, and one of each other family; with `--clips`, the folder of training clips,
also some that were held out (needs the training's libraries). For each mood a score of 20 s. All is inside of the page,
as Opus of 96 kbit/s.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path

import av

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.inference.session import Session
from models.kinds import kind
from models.kinds.music import MOODS
from models.library.catalog import Entry, Library
from models.recipe import Recipe

SEEDS, SECONDS, SCORE = 4, 3.0, 20.0
LONGER = {"spaceship_launch": 8.0, "thunder": 6.0, "rain": 6.0, "wind": 6.0, "fire": 6.0, "water": 6.0, "engine": 6.0}
#: Held-out clips of a class, at most, and how much of each is heard, seconds.
CLIPS, HEARD = 4, 6.0
MANIFEST = Path(__file__).resolve().parents[1] / "models/training/sound/sounds.toml"
STYLE = """body{font:16px/1.4 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;background:#1d1d1d;color:#ddd}
table{border-collapse:collapse}td{padding:.2em .6em;vertical-align:top}audio{height:2em;width:13em;display:block}
small{color:#999}"""


def made(session: Session, entry: Entry, seed: int, seconds: float, **settings: str) -> bytes:
    """The WAV file of a sound or a score."""
    recipe = Recipe(entry.card.kind, entry.card.id, entry.card.digest, 1, 1, round(seconds * 24), 24.0, seed, settings)
    take = kind(entry.card.kind).take(kind(entry.card.kind).checked(recipe, entry.card), entry.card)
    return b"".join(take.finish(0, take.run(session, 0)))


def opus(source: BytesIO | Path, seconds: float, layout: str = "stereo", bits: int = 96_000) -> bytes:
    """An Ogg file of at most the first `seconds` of a sound file, with `bits` a second."""
    out = BytesIO()
    opened = source if isinstance(source, BytesIO) else str(source)
    with av.open(opened) as reading, av.open(out, "w", format="ogg") as writing:
        stream = writing.add_stream("libopus", rate=48_000, layout=layout)
        stream.bit_rate = bits
        resampler = av.AudioResampler(format="flt", layout=layout, rate=48_000)
        heard = 0
        for frame in reading.decode(audio=0):
            if heard >= seconds * frame.sample_rate:
                break
            heard += frame.samples
            for each in resampler.resample(frame):
                writing.mux(stream.encode(each))
        for each in resampler.resample(None):
            writing.mux(stream.encode(each))
        writing.mux(stream.encode(None))
    return out.getvalue()


def player(data: bytes, caption: str) -> str:
    """A player with its sound inside."""
    address = "data:audio/ogg;base64," + base64.b64encode(data).decode()
    return f'<small>{escape(caption)}</small><audio controls preload="none" src="{address}"></audio>'


def held_out(clips_root: Path) -> dict[str, list[Path]]:
    """Of each class, clips that the generator has not learnt from."""
    from models.training.sound.clips import Manifest, clips

    classes = Manifest.read(MANIFEST).classes
    return {one.name: [clip.path for clip in clips(one, clips_root) if clip.test][:CLIPS] for one in classes}


def page(clips_root: Path | None) -> Iterator[str]:
    """The page, piece by piece."""
    sounds, (music,) = Library().of_kind("sound"), Library().of_kind("music")
    makers = [(sounds[0], seed) for seed in range(SEEDS)] + [(other, 0) for other in sounds[1:]]
    sessions = {entry.card.id: Session(entry.path, 1) for entry in sounds}
    real = held_out(clips_root) if clips_root else {}
    yield f"<!doctype html><meta charset=utf-8><title>Latent sounds</title><style>{STYLE}</style>"
    yield "<h1>Sounds</h1><p>Left: made. Right: clips that the generator hasn't learnt from.</p><table>"
    for style in sounds[0].card.styles:
        seconds = LONGER.get(style.name, SECONDS)
        left = ""
        for entry, seed in makers:
            data = made(sessions[entry.card.id], entry, seed, seconds, style=style.name)
            left += player(opus(BytesIO(data), seconds), f"{entry.card.label}, seed {seed}")
        right = "".join(player(opus(path, HEARD), path.stem) for path in real.get(style.name, []))
        yield f"<tr><td><b>{escape(style.label)}</b><td>{left}<td>{right}\n"
    yield "</table><h1>Scores</h1><table>"
    session = Session(music.path, 1)
    for mood in MOODS:
        cells = (
            player(opus(BytesIO(made(session, music, 1, SCORE, mood=mood, instruments=who)), SCORE), who)
            for who in ("orchestra", "piano", "synth")
        )
        yield f"<tr><td><b>{mood.capitalize()}</b><td>{'<td>'.join(cells)}\n"
    yield "</table>"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--clips", type=Path, help="the folder of the training clips")
    options = parser.parse_args()
    options.page.write_text("".join(page(options.clips)), "utf-8")
    print(f"{options.page}: {options.page.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
