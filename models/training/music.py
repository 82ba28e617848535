"""Train the music generator: `python -m models.training.music --data FOLDER --to models/shipped`.

From the 382 chorales by J. S. Bach (public domain; the JSB-Chorales data set): an order-2 Markov model of chords, two a
bar, for major and minor; and a variational autoencoder of the bars of the soprano, told the bar's chords. A minute on
one core. Both leave in one ONNX file: the table of the chain is an output that depends on nothing.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ..card import VERSION
from ..music.harmony import QUALITIES, SCALES, SYMBOLS, tones
from .data import DataError
from .export import write

Floats = npt.NDArray[Any]

#: Sixteenths of a bar; what one may be: go on, rest, or one of 24 pitches above the tonic.
STEPS, EVENTS, PITCHES = 16, 26, 24
HOLD, REST, FIRST = 0, 1, 2
LATENT, WIDTH = 12, 160
#: The profiles of keys by Krumhansl and Kessler (1982).
PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
MODES = tuple(PROFILES)
#: Which of the twelve tones above the tonic each chord has, `[48, 12]`.
INSIDE = np.array([[float(tone in tones(chord)) for tone in range(12)] for chord in range(SYMBOLS)])


def key_of(piece: Floats) -> tuple[int, str]:
    """(tonic, mode) of a piece `[steps, 4]` of MIDI numbers: the profile that its pitches fit best."""
    counts = np.bincount(piece[piece > 0] % 12, minlength=12).astype(float)
    fits = {(n, mode): np.corrcoef(np.roll(PROFILES[mode], n), counts)[0, 1] for n in range(12) for mode in MODES}
    return max(fits, key=lambda found: fits[found])


def chord_of(pitches: Floats, tonic: int) -> int:
    """The chord that the sounding pitches of half a bar are most like."""
    counts = np.bincount((pitches[pitches > 0] - tonic) % 12, minlength=12).astype(float)
    bass = np.bincount((pitches[:, -1][pitches[:, -1] > 0] - tonic) % 12, minlength=12)
    inside = INSIDE @ counts
    fit = inside - 0.6 * (counts.sum() - inside) - 0.5 * INSIDE.sum(1) + 0.5 * np.repeat(bass, len(QUALITIES))
    return int(fit.argmax())


def read(path: Path) -> list[tuple[Floats, int, str]]:
    """(grid `[steps, 4]`, tonic, mode) of each chorale. Raises DataError for what is no such file."""
    try:
        parts = json.loads(path.read_text())
        pieces = [np.array(piece, int) for part in ("train", "valid", "test") for piece in parts[part]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: can't be read as chorales ({str(error)[:80]}). Is --data right?") from error
    pieces = [piece for piece in pieces if piece.ndim == 2 and piece.shape[1] == 4 and len(piece) >= STEPS]
    if not pieces:
        raise DataError(f"{path}: holds no piece of four voices.")
    return [(piece, *key_of(piece)) for piece in pieces]


def chain(pieces: list[tuple[Floats, int, str]]) -> Floats:
    """`[2, 48, 48, 48]`: probability of a chord after two others, in major and minor; rare ones from shorter memory."""
    three = np.zeros((2, SYMBOLS, SYMBOLS, SYMBOLS))
    for piece, tonic, mode in pieces:
        halves = [chord_of(piece[n : n + 8], tonic) for n in range(0, len(piece) - 7, 8)]
        for a, b, c in zip(halves, halves[1:], halves[2:], strict=False):
            three[MODES.index(mode), a, b, c] += 1
    out = np.zeros_like(three)
    for number, name in enumerate(MODES):
        two, one = three[number].sum(0), three[number].sum((0, 1))
        inside = np.array(
            [all((n // 4 + t) % 12 in SCALES[name] for t in list(QUALITIES.values())[n % 4]) for n in range(SYMBOLS)]
        )
        base = (one + 0.1) * np.where(inside, 1.0, 0.02)
        base /= base.sum()
        pairs = (two + 4 * base) / (two.sum(1, keepdims=True) + 4)
        out[number] = (three[number] + 3 * pairs[None]) / (three[number].sum(2, keepdims=True) + 3)
    return out


def bars(pieces: list[tuple[Floats, int, str]]) -> tuple[Floats, Floats]:
    """(events `[N, 16]`, conditions `[N, 25]`: tones of both halves' chords and the mode) of the sopranos' bars."""
    events, told = [], []
    for piece, tonic, mode in pieces:
        for start in range(0, len(piece) - STEPS + 1, STEPS):
            bar = piece[start : start + STEPS]
            melody = bar[:, 0]
            low = (60 - tonic) % 12  # the octave that holds most of the part
            relative = melody - (60 - low if low < 6 else 72 - low)
            if (melody < 0).any() or relative.min() < -3 or relative.max() >= PITCHES - 3:
                continue
            row = np.where(np.diff(melody, prepend=-1) == 0, HOLD, relative + 3 + FIRST)
            row[0] = relative[0] + 3 + FIRST
            events.append(row)
            told.append(condition([chord_of(bar[:8], tonic), chord_of(bar[8:], tonic)], mode))
    return np.array(events), np.array(told, np.float32)


def condition(chords: list[int], mode: str) -> Floats:
    """What the decoder is told of a bar: the tones of its two chords, and whether it is minor, `[25]`."""
    out = np.zeros(25, np.float32)
    for half, chord in enumerate(chords):
        for tone in list(QUALITIES.values())[chord % 4]:
            out[12 * half + (chord // 4 + tone) % 12] = 1
    out[24] = mode == "minor"
    return out


class Melody(nn.Module):
    """A variational autoencoder of bars. Forward ships: `z [N, 12]`, `chords [N, 25]` → logits, and the chain."""

    def __init__(self, table: Floats) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(STEPS * EVENTS + 25, WIDTH), nn.GELU(), nn.Linear(WIDTH, 2 * LATENT))
        self.decoder = nn.Sequential(
            nn.Linear(LATENT + 25, WIDTH),
            nn.GELU(),
            nn.Linear(WIDTH, WIDTH),
            nn.GELU(),
            nn.Linear(WIDTH, STEPS * EVENTS),
        )
        self.register_buffer("chain", torch.from_numpy(table.astype(np.float32)))

    def forward(self, z: Tensor, chords: Tensor) -> tuple[Tensor, Tensor]:
        return self.decoder(torch.cat((z, chords), 1)).unflatten(1, (STEPS, EVENTS)), self.chain * 1.0


def train(net: Melody, events: Floats, told: Floats, steps: int) -> tuple[float, float]:
    """Train on nine tenths; returns (share of held-out events that are reconstructed, nats)."""
    torch.manual_seed(0)
    x, c = torch.from_numpy(events), torch.from_numpy(told)
    hot = nn.functional.one_hot(x, EVENTS).float().flatten(1)
    split = len(x) * 9 // 10
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3)
    for step in range(steps):
        pick = torch.randint(split, (128,))
        mean, logvar = net.encoder(torch.cat((hot[pick], c[pick]), 1)).chunk(2, 1)
        logits, _ = net(mean + torch.randn_like(mean) * (0.5 * logvar).exp(), c[pick])
        nats = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(1).mean()
        loss = (
            nn.functional.cross_entropy(logits.flatten(0, 1), x[pick].flatten()) * STEPS
            + min(1.0, step / 800) * 0.5 * nats
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        mean, _ = net.encoder(torch.cat((hot[split:], c[split:]), 1)).chunk(2, 1)
        right = (net(mean, c[split:])[0].argmax(2) == x[split:]).float().mean()
    return float(right), float(nats.detach())


def card(right: float, count: int) -> dict[str, Any]:
    """The card of the generator, ready for JSON."""
    return {
        "card": VERSION, "id": "latent_music", "kind": "music", "label": "Latent music", "licence": "CC0-1.0",
        "inputs": [
            {"name": "z", "role": "bar", "channels": LATENT},
            {"name": "chords", "role": "chords", "channels": 25},
        ],
        "outputs": [
            {"name": "events", "role": "events", "channels": EVENTS, "range": [-100.0, 100.0]},
            {"name": "table", "role": "chain", "channels": SYMBOLS},
        ],
        "styles": [],
        "sources": [
            {"name": "382 chorales, J. S. Bach", "licence": "public domain", "origin": "czhuang/JSB-Chorales-dataset"}
        ],
        "training": {
            "method": "VAE of bars and order-2 Markov model of chords", "bars": count,
            "held_out_events_right": round(right, 3),
        },
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Train and export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of Jsb16thSeparated.json")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    parser.add_argument("--steps", type=int, default=3000)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    pieces = read(options.data / "Jsb16thSeparated.json")
    events, told = bars(pieces)
    net = Melody(chain(pieces))
    right, nats = train(net, events, told, options.steps)
    path = options.to / "latent_music.onnx"
    example = (torch.randn(3, LATENT), torch.from_numpy(told[:3]))
    rows = torch.export.Dim("rows", min=1, max=4096)
    program = torch.onnx.export(
        net.eval(), example, dynamo=True, external_data=False, opset_version=20,
        dynamic_shapes={"z": {0: rows}, "chords": {0: rows}},
        input_names=["z", "chords"], output_names=["events", "table"], verbose=False,
    )  # fmt: skip
    assert program is not None
    write(program.model_proto, card(right, len(events)), path)
    print(f"{len(pieces)} pieces, {len(events)} bars, {right:.0%} of held-out events right, {nats:.1f} nats")


if __name__ == "__main__":
    main()
