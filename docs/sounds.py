"""Remake the pictures and the clips of sounds in the documentation: `python docs/sounds.py`.

`docs/pictures/sounds.png` shows for each class four seeds of the network and one of each other generator, waveform
above spectrogram. `docs/clips` holds one sound of each class by each generator and a short score, to be heard and seen
in a browser: mono, Opus of 40 kbit/s. Needs Pillow.
"""

from __future__ import annotations

import sys
import wave
from html import escape
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.inference.session import Session
from models.kinds import kind
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from models.sound.noise import RATE

ROOT = Path(__file__).resolve().parent
CLIPS = ROOT / "clips"
SEEDS, SECONDS, WIDTH = 4, 2.0, 240
#: Seconds of what lasts longer, in the picture.
LONGER = {"spaceship_launch": 6.0, "thunder": 4.0}
WINDOW, RANGE = 2048, 70.0
#: Seed of the clips, seconds of the score, bits a second.
SEED, SCORE, BITS = 1, 10.0, 40_000
STYLE = """body{font:16px/1.4 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;background:#1d1d1d;color:#ddd}
table{border-collapse:collapse}td{padding:.2em .6em;vertical-align:top}audio{height:2em;width:13em;display:block}
small{color:#999}"""


def made(session: Session, entry: Entry, seed: int, seconds: float, **settings: str) -> bytes:
    """Return the WAV file of a sound or a score."""
    recipe = Recipe(entry.card.kind, entry.card.id, entry.card.digest, 1, 1, round(seconds * 24), 24.0, seed, settings)
    take = kind(entry.card.kind).take(kind(entry.card.kind).checked(recipe, entry.card), entry.card)
    return b"".join(take.finish(0, take.run(session, 0)))


def opus(data: bytes) -> bytes:
    """Return an Ogg file of a sound file, mono."""
    out = BytesIO()
    with av.open(BytesIO(data)) as reading, av.open(out, "w", format="ogg") as writing:
        stream = writing.add_stream("libopus", rate=48_000, layout="mono")
        stream.bit_rate = BITS
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
        for frame in (*reading.decode(audio=0), None):
            for each in resampler.resample(frame):
                writing.mux(stream.encode(each))
        writing.mux(stream.encode(None))
    return out.getvalue()


def samples(data: bytes) -> np.ndarray:
    """Return the first channel of a WAV file of 24 bit."""
    with wave.open(BytesIO(data)) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
        return (np.pad(raw, ((0, 0), (1, 0))).view("<i4").ravel() / 2**31)[:: file.getnchannels()]


def picture(sound: np.ndarray) -> np.ndarray:
    """Waveform over spectrogram (30 Hz to 20 kHz, 70 dB), `[3, 140, 240]`."""
    pieces = np.array_split(sound / max(np.abs(sound).max(), 1e-9), WIDTH)
    rows = np.linspace(1, -1, 40)[:, None]
    wave_ = ((rows <= [p.max() for p in pieces]) & (rows >= [p.min() for p in pieces])).astype(float)
    padded = np.pad(sound, WINDOW // 2)
    starts = np.linspace(0, len(sound), WIDTH, endpoint=False).astype(int)
    frames = np.stack([padded[s : s + WINDOW] for s in starts]) * np.hanning(WINDOW)
    level = 20 * np.log10(np.abs(np.fft.rfft(frames, axis=1)).T + 1e-9)
    bins = np.clip(np.geomspace(30, 20_000, 100) * WINDOW / RATE, 1, WINDOW // 2).astype(int)
    heat = np.clip((level[bins][::-1] - level.max() + RANGE) / RANGE, 0, 1)
    colors = np.stack((heat**0.8, heat**2.2, 0.35 * np.sin(np.pi * heat) + 0.4 * heat**4))
    top = np.stack((0.25 * wave_, 0.8 * wave_, wave_))
    return np.pad(np.concatenate((top, colors), 1), ((0, 0), (1, 1), (1, 1)), constant_values=0.3)


def write(made: np.ndarray, path: Path) -> None:
    """Return a small PNG file of a picture `[3, H, W]` in 0…1: 64 colors are as many as can be told apart in it."""
    whole = Image.fromarray(np.round(made.transpose(1, 2, 0).clip(0, 1) * 255).astype(np.uint8))
    whole.quantize(64).save(path, optimize=True)


def kept(name: str, label: str, data: bytes, seconds: float) -> str:
    """Return a sound's file and its picture, written, and the cell that shows both."""
    (CLIPS / f"{name}.ogg").write_bytes(opus(data))
    write(picture(samples(data)), CLIPS / f"{name}.png")
    about = f"Waveform and spectrogram, {seconds:.0f} s"
    return (
        f"<td><small>{escape(label)}</small><br><img src={name}.png alt='{about}'>"
        f"<audio controls preload=none src={name}.ogg></audio>"
    )


def overview() -> None:
    """Write the picture: a row for each class, first the seeds of the first generator, then one of each other."""
    first, *others = Library().of_kind("sound")
    columns = [(first, seed) for seed in range(SEEDS)] + [(other, 0) for other in others]
    sessions, rows = {entry.card.id: Session(entry.path) for entry, _ in columns}, []
    for style in first.card.styles:
        seconds = LONGER.get(style.name, SECONDS)
        row = [made(sessions[entry.card.id], entry, seed, seconds, style=style.name) for entry, seed in columns]
        rows.append(np.concatenate([picture(samples(data)) for data in row], 2))
    write(np.concatenate(rows, 1), ROOT / "pictures" / "sounds.png")


def clips() -> None:
    """Write the clips, their pictures and the page; what was there before is removed."""
    makers = [(maker, Session(maker.path, 1)) for maker in Library().of_kind("sound")]
    (music,) = Library().of_kind("music")
    CLIPS.mkdir(exist_ok=True)
    for old in [*CLIPS.glob("*.ogg"), *CLIPS.glob("*.png")]:
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
    (CLIPS / "index.html").write_text(page + "\n</table>\n", "utf-8")
    print(f"{CLIPS}: {sum(path.stat().st_size for path in CLIPS.iterdir()) / 1e3:.0f} kB")


def main() -> None:
    """Write all of it."""
    overview()
    clips()


if __name__ == "__main__":
    main()
