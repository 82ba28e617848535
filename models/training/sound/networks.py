"""A conditional variational autoencoder of described sounds: convolutions over time, bands as channels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ...sound.bands import BANDS, CELLS, FLOOR

#: Numbers that tell one sound of a class from another.
LATENT = 24
WIDTH = 128
#: The least and most that the decoder may say of variation and of doubt, dB.
LEAST, MOST = 0.5, 20.0


class Encoder(nn.Module):
    """Grids `[N, 3, 64, 96]` and classes `[N, K]` (one-hot) → mean and log variance of the latent, `[N, 24]` each."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(3 * BANDS, WIDTH, 4, 4), nn.GELU(),
            nn.Conv1d(WIDTH, WIDTH, 3, padding=1), nn.GELU(),
            nn.Conv1d(WIDTH, WIDTH, 4, 2, 1), nn.GELU(),
            nn.Flatten(), nn.Dropout(0.1),
        )  # fmt: skip
        self.head = nn.Linear(WIDTH * CELLS // 8 + classes, 2 * LATENT)

    def forward(self, grids: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        level = grids[:, :1] / -FLOOR * 2 + 1
        x = torch.cat((level, grids[:, 1:2], grids[:, 2:] * grids[:, 1:2] * 2), 1).flatten(1, 2)
        mean, logvar = self.head(torch.cat((self.layers(x), classes), 1)).chunk(2, 1)
        return mean, logvar.clamp(-8, 4)


class Decoder(nn.Module):
    """Latent `[N, 24]` and classes `[N, K]` → `[N, 5, 64, 96]`: level, tonality, offset, variation, doubt.

    Variation is how far cells lie from those around them, doubt how far the level may lie from the clip's: the latent
    doesn't say all of a clip, and what it leaves open is not heard.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(LATENT + classes, WIDTH * CELLS // 8)
        self.convs = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=1) for _ in range(3))
        self.films = nn.ModuleList(nn.Linear(LATENT + classes, 2 * WIDTH) for _ in range(3))
        self.last = nn.Conv1d(WIDTH, 2 * 5 * BANDS, 1)  # two cells at a time

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        told = torch.cat((z, classes), 1)
        x = nn.functional.gelu(self.first(told)).unflatten(1, (WIDTH, CELLS // 8))
        for number, (conv, film) in enumerate(zip(self.convs, self.films, strict=True)):
            if number:
                x = nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
            gain, bias = film(told).unsqueeze(2).chunk(2, 1)
            x = nn.functional.gelu(conv(x) * (1 + gain) + bias)
        x = self.last(x).unflatten(1, (5, BANDS, 2)).transpose(3, 4).flatten(3)
        level, tonality, offset, variation, doubt = x.unbind(1)
        return torch.stack(
            (
                FLOOR * torch.sigmoid(level),
                torch.sigmoid(tonality - 2),
                0.5 * torch.tanh(offset),
                LEAST + (MOST - LEAST) * torch.sigmoid(variation - 2),
                LEAST + (MOST - LEAST) * torch.sigmoid(doubt - 1),
            ),
            1,
        )
