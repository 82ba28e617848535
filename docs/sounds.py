"""Pictures of every sound that the shipped generator makes: `python docs/sounds.py`.

Writes `docs/pictures/sounds.png`: for each class four seeds, waveform above spectrogram.
"""

from __future__ import annotations

import sys
import wave
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.inference.session import Session
from models.kinds import kind
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from models.sound.noise import RATE

ROOT = Path(__file__).resolve().parent
SEEDS, SECONDS, WIDTH = 4, 2.0, 240
LONGER = {"spaceship_launch": 6.0, "thunder": 4.0}
WINDOW, RANGE = 2048, 70.0


def made(session: Session, entry: Entry, style: str, seed: int, seconds: float) -> bytes:
    """The WAV file of a sound."""
    size = {"width": 1, "height": 1, "frames": round(seconds * 24), "fps": 24.0}
    recipe = Recipe("sound", entry.card.id, entry.card.digest, seed=seed, settings={"style": style}, **size)
    take = kind("sound").take(recipe, entry.card)
    return b"".join(take.finish(0, take.run(session, 0)))


def samples(data: bytes) -> np.ndarray:
    """The first channel of a WAV file of 24 bit."""
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
    colours = np.stack((heat**0.8, heat**2.2, 0.35 * np.sin(np.pi * heat) + 0.4 * heat**4))
    top = np.stack((0.25 * wave_, 0.8 * wave_, wave_))
    return np.pad(np.concatenate((top, colours), 1), ((0, 0), (1, 1), (1, 1)), constant_values=0.3)


def write(made: np.ndarray, path: Path) -> None:
    """A small PNG file of a picture `[3, H, W]` in 0…1: 64 colours are as many as can be told apart in it."""
    whole = Image.fromarray(np.round(made.transpose(1, 2, 0).clip(0, 1) * 255).astype(np.uint8))
    whole.quantize(64).save(path, optimize=True)


def main() -> None:
    """Make the picture: a row for each class, first the seeds of the first generator, then one of each other."""
    first, *others = Library().of_kind("sound")
    columns = [(first, seed) for seed in range(SEEDS)] + [(other, 0) for other in others]
    sessions, rows = {entry.card.id: Session(entry.path) for entry, _ in columns}, []
    for style in first.card.styles:
        seconds = LONGER.get(style.name, SECONDS)
        row = [made(sessions[entry.card.id], entry, style.name, seed, seconds) for entry, seed in columns]
        rows.append(np.concatenate([picture(samples(data)) for data in row], 2))
    write(np.concatenate(rows, 1), ROOT / "pictures" / "sounds.png")


if __name__ == "__main__":
    main()
