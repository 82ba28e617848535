"""Train the music generator: `python -m models.training.music.train --data CHORALES --songs SONGS --to models/shipped`.

From chorales by J. S. Bach and songs of the 19th century: an order-2 Markov model of chords, two a bar, for major and
minor. From the chorales alone: a variational autoencoder of the bars of the soprano, told the bar's chords. Two
minutes on one core. Both leave in one ONNX file: the table of the chain is an output that depends on nothing.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...cards.card import VERSION
from ...music.harmony import QUALITIES, SCALES, SYMBOLS
from ..graphs.export import write
from ..graphs.half_precision import halve
from ..trainer import Training
from . import lieder
from .chorales import MODES, STEPS, Corpus, Floats, Tune, chord_of, chords_of, read

#: What a sixteenth may be: go on, rest, or one of 24 pitches above the tonic.
EVENTS, PITCHES = 26, 24
HOLD, REST, FIRST = 0, 1, 2
LATENT, WIDTH = 12, 160
#: The songs' share of the chain: among 0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9 and 1 the one that gives the chorales of
#: the validation part the highest likelihood, with chains of the training part and 290 songs.
SONGS = 0.3
#: The least chance of a chord that the file holds.
LEAST = 1e-7


def chain(pieces: list[Tune]) -> Floats:
    """`[2, 48, 48, 48]`: probability of a chord after two others, in major and minor; rare ones from shorter memory."""
    three = np.zeros((2, SYMBOLS, SYMBOLS, SYMBOLS))
    for piece in pieces:
        halves = chords_of(piece)
        for a, b, c in zip(halves, halves[1:], halves[2:], strict=False):
            three[MODES.index(piece[2]), a, b, c] += 1
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


def likelihood(table: Floats, pieces: list[Tune]) -> float:
    """log₂ of the chance that `table` (see `chain`) gives a chord of `pieces` after the two before it, mean."""
    found = []
    for piece in pieces:
        halves = np.array(chords_of(piece))
        found.append(np.log2(table[MODES.index(piece[2])][halves[:-2], halves[1:-1], halves[2:]]))
    return float(np.concatenate(found).mean())


def bars(pieces: list[Tune]) -> tuple[Floats, Floats]:
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
    """Return what the decoder is told of a bar: the tones of its two chords, and whether it is minor, `[25]`."""
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
        # In half precision what is less likely would be impossible.
        self.register_buffer("chain", torch.from_numpy(np.maximum(table, LEAST).astype(np.float32)))

    def forward(self, z: Tensor, chords: Tensor) -> tuple[Tensor, Tensor]:
        events: Tensor = self.decoder(torch.cat((z, chords), 1)).unflatten(1, (STEPS, EVENTS))
        return events, self.chain / self.chain.sum(3, keepdim=True)


@dataclass(frozen=True)
class MusicSettings:
    """All that decides what is learned, besides the bars."""

    steps: int = 3000
    seed: int = 0


class MusicTraining(Training[MusicSettings]):
    """The network of bars; two minutes of it need no checkpoint."""

    parts = ("net", "optimizer")

    def __init__(self, net: Melody, events: Floats, told: Floats, settings: MusicSettings) -> None:
        super().__init__(settings)
        self.net = net
        self.events, self.chords = torch.from_numpy(events), torch.from_numpy(told)
        self.hot = nn.functional.one_hot(self.events, EVENTS).float().flatten(1)
        self.optimizer = torch.optim.AdamW(net.parameters(), 2e-3)

    def learn(self) -> dict[str, Tensor]:
        """Return the nats that a bar's latents hold."""
        pick = torch.randint(len(self.events), (128,))
        chords = self.chords[pick]
        mean, logvar = self.net.encoder(torch.cat((self.hot[pick], chords), 1)).chunk(2, 1)
        logits, _ = self.net(mean + torch.randn_like(mean) * (0.5 * logvar).exp(), chords)
        nats = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(1).mean()
        unlike = nn.functional.cross_entropy(logits.flatten(0, 1), self.events[pick].flatten()) * STEPS
        self.descend(self.optimizer, unlike + min(1.0, self.step / 800) * 0.5 * nats)
        return {"nats": nats.detach()}


def train(net: Melody, events: Floats, told: Floats, steps: int) -> float:
    """Train on all of the bars (see `bars`); returns the nats that a bar's latents hold in the end."""
    training = MusicTraining(net, events, told, MusicSettings(steps=steps))
    return [training.advance() for _ in range(steps)][-1]["nats"]


@torch.no_grad()
def right(net: Melody, events: Floats, told: Floats) -> float:
    """Return the share of the bars' sixteenths that are the same when they come out again."""
    x, c = torch.from_numpy(events), torch.from_numpy(told)
    hot = nn.functional.one_hot(x, EVENTS).float().flatten(1)
    mean, _ = net.encoder(torch.cat((hot, c), 1)).chunk(2, 1)
    return float((net(mean, c)[0].argmax(2) == x).float().mean())


def card(corpus: Corpus, songs: int, count: int, share: float) -> dict[str, Any]:
    """Return the card of the generator, ready for JSON: from `songs` and `count` bars; `share` of held-out events
    right.
    """
    pieces = f"{len(corpus.learned)} chorales, J. S. Bach"
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
            {"name": pieces, "licence": "public domain", "origin": "czhuang/JSB-Chorales-dataset"},
            {"name": f"chords of {songs} songs, OpenScore Lieder", "licence": "CC0-1.0", "origin": "OpenScore/Lieder"},
        ],
        "training": {
            "method": "VAE of bars and order-2 Markov model of chords", "bars": count,
            "held_out_pieces": len(corpus.held), "held_out_events_right": round(share, 3),
        },
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Train and export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of Jsb16thSeparated.json")
    parser.add_argument("--songs", type=Path, required=True, help="the folder of the songs' .mxl files")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    parser.add_argument("--steps", type=int, default=3000)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    corpus = read(options.data / "Jsb16thSeparated.json")
    events, told = bars(corpus.learned)
    songs = lieder.corpus(sorted(options.songs.glob("*.mxl")))
    table = (1 - SONGS) * chain(corpus.learned) + SONGS * chain(songs.learned)
    net = Melody(table)
    nats = train(net, events, told, options.steps)
    share = right(net, *bars(corpus.held))
    path = options.to / "latent_music.onnx"
    example = (torch.randn(3, LATENT), torch.from_numpy(told[:3]))
    rows = torch.export.Dim("rows", min=1, max=4096)
    program = torch.onnx.export(
        net.eval(), example, dynamo=True, external_data=False, opset_version=20,
        dynamic_shapes={"z": {0: rows}, "chords": {0: rows}},
        input_names=["z", "chords"], output_names=["events", "table"], verbose=False,
    )  # fmt: skip
    assert program is not None
    proto = program.model_proto
    halve(proto.graph)
    write(proto, card(corpus, len(songs.learned), len(events), share), path)
    print(
        f"{len(corpus.learned)} pieces and {len(events)} bars learned, {len(corpus.held)} pieces held out: "
        f"{share:.1%} of their events right, {nats:.1f} nats"
    )


if __name__ == "__main__":
    main()
