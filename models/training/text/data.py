"""Training pictures for text effects: letters of many fonts and scripts, the fields around them, and surfaces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ...cards.card import Card
from ...text.field import LoopNoise, distances
from ..data import DataError
from .targets import TARGETS

#: Letters that words are drawn from; a font is given the alphabets that it has.
ALPHABETS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,!?&",
    "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψω",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのアイウエオカキクケコサシスセソ",
    "中文字幕電影語言時間火水山川日月星風雲花木金土石人心手目口耳大小上下",
)


class Words:
    """Random words in random fonts. Raises DataError when the folder holds no font."""

    def __init__(self, folder: Path) -> None:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".ttf", ".otf", ".ttc", ".woff2"})
        self.fonts: list[tuple[str, list[str]]] = []
        for path in files:
            font = ImageFont.truetype(str(path), 24)
            missing = bytes(font.getmask("\U0010ffff"))
            has = [text for text in ALPHABETS if all(bytes(font.getmask(c)) != missing for c in text[:8])]
            has = has or [ALPHABETS[0]]  # a font of a few letters: its empty boxes are letters too
            self.fonts.append((str(path), has))
        if not self.fonts:
            raise DataError(f"{folder}: holds no font.")

    def mask(self, side: int, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        """Coverage `float32 [side,side]` of one or two lines of letters, and their em in px."""
        path, alphabets = self.fonts[rng.integers(len(self.fonts))]
        alphabet = alphabets[rng.integers(len(alphabets))]
        em = float(np.exp(rng.uniform(np.log(30), np.log(130))))
        image = Image.new("L", (side, side))
        draw = ImageDraw.Draw(image)
        font = ImageFont.truetype(path, em)
        top = rng.uniform(-0.3, 0.9) * em
        for _ in range(2 if em < 60 else 1):
            word = "".join(alphabet[rng.integers(len(alphabet))] for _ in range(rng.integers(2, 9)))
            draw.text((rng.uniform(-0.8, 0.3) * em, top), word, 255, font)
            top += 1.2 * em
        return np.asarray(image, np.float32) / 255, em


class Surfaces:
    """Pictures of a texture generator's styles, made once."""

    def __init__(self, path: Path, cells: int = 16, copies: int = 3) -> None:
        self.card = Card.read(path)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        rng = np.random.default_rng(0)
        (field,), (style,) = self.card.ports("latent_field"), self.card.ports("style")
        self.images: dict[str, list[Tensor]] = {}
        for name in {target.surface for target in TARGETS}:
            vector = np.array([self.card.style(name).vector], np.float32)
            self.images[name] = [
                torch.from_numpy(session.run(None, {field.name: z, style.name: vector})[0][0])
                for z in rng.standard_normal((copies, 1, field.channels, cells, cells), dtype=np.float32)
            ]

    def crop(self, name: str, side: int, rng: np.random.Generator) -> Tensor:
        """Return a random square `[3,side,side]` of a style."""
        image = self.images[name][rng.integers(len(self.images[name]))]
        y, x = (int(rng.integers(image.shape[axis] - side + 1)) for axis in (1, 2))
        return image[:, y : y + side, x : x + side]


def fields(mask: np.ndarray, em: float, seed: int, phase: float) -> Tensor:
    """Return the network's fields `[9,H,W]` for a coverage `[H,W]`."""
    noise = LoopNoise(seed, mask.shape, em, 4).at(phase)
    return torch.from_numpy(np.concatenate((mask[None], distances(mask, em), noise)))
