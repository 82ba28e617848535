"""Find directions of a generator's style space that change one thing each, and write them into its card.

`python -m models.training.textures.directions GENERATOR.onnx`

The principal directions of the style vectors are tried, as GANSpace does (Härkönen et al., NeurIPS 2020): pictures of
every style are made at random places around it, and what is seen to change (contrast, detail, hue, size of the
features) is regressed on where the place was. A direction is the shortest way that changes one measure and leaves the
others; it is kept only if it works on most styles that it was not found on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx

from ...cards.card import KEY, Card
from ...inference.session import Session
from ...recipe import Recipe

Matrix = npt.NDArray[np.float64]

NAMES = ("contrast", "detail", "hue", "size")
#: Side of the pictures that are measured, px; places tried around each style; standard deviations from it.
SIDE, PLACES, SPREAD = 256, 24, 0.7
#: A direction is kept when it moves its measure rightly for this share of the styles held out.
SHARE = 0.75


def measures(image: npt.NDArray[np.float32]) -> Matrix:
    """Return what is seen in `image [C,H,W]` (0…1): the logarithms of contrast and of fine detail, hue, feature size
    `[4]`.

    Contrast is the deviation of luminance; detail that of its Laplacian, by contrast; hue is red over blue; the size is
    the mean wavelength of the spectrum.
    """
    red, green, blue = image[:3].astype(np.float64)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    contrast = light.std() + 1e-4
    laplacian = sum(np.roll(light, step, axis) for axis in (0, 1) for step in (-1, 1)) - 4 * light
    power = np.abs(np.fft.fft2(light - light.mean())) ** 2
    k = np.hypot(np.fft.fftfreq(light.shape[0])[:, None], np.fft.fftfreq(light.shape[1])[None])
    frequency = (power * k).sum() / (power.sum() + 1e-9)
    detail = np.log((laplacian.std() + 1e-4) / contrast)
    return np.array([np.log(contrast), detail, red.mean() - blue.mean(), -np.log(frequency + 1e-4)])


def axes(card: Card) -> Matrix:
    """Principal directions of the style vectors, each one standard deviation long: `[K,S]`."""
    vectors = np.array([style.vector for style in card.styles])
    _, sizes, rows = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    kept = sizes > 1e-6 * sizes[0]
    return (rows * sizes[:, None] / np.sqrt(len(vectors)))[kept]


def observe(card: Card, session: Session, basis: Matrix) -> tuple[Matrix, Matrix]:
    """Where pictures were made, `[styles,PLACES,K]`, and how their measures differ from the style's own, `[…,4]`."""
    rng = np.random.default_rng(0)
    places = SPREAD * rng.standard_normal((len(card.styles), PLACES, len(basis)))
    seen = []
    for style, around in zip(card.styles, places, strict=True):
        pictures = _pictures(card, session, style.name, np.vstack((np.zeros(len(basis)), around)) @ basis)
        found = np.array([measures(picture) for picture in pictures])
        seen.append(found[1:] - found[0])
    return places, np.array(seen)


def _pictures(card: Card, session: Session, style: str, offsets: Matrix) -> Iterator[npt.NDArray[np.float32]]:
    from ...kinds.texture import KIND

    recipe = Recipe("texture", card.id, card.digest, SIDE, SIDE, 1, 25, 7, {"style": style})
    feeds = KIND.take(recipe, card).inputs(0)
    (port,) = card.ports("style")
    for offset in offsets:
        moved = {**feeds, port.name: feeds[port.name] + offset.astype(np.float32)}
        yield session.run(moved)[card.outputs[0].name][0]


def solve(places: Matrix, seen: Matrix) -> Matrix:
    """Return the unit steps `[4,K]` that change one measure each, from `places [N,K]` and `seen [N,4]`."""
    scale = seen.std(axis=0) + 1e-9
    slopes, *_ = np.linalg.lstsq(places, seen / scale, rcond=None)
    steps = np.linalg.pinv(slopes)
    return np.asarray(steps / np.linalg.norm(steps, axis=1, keepdims=True))


def find(card: Card, session: Session) -> list[dict[str, object]]:
    """Return the directions worth keeping, as a card holds them."""
    basis = axes(card)
    places, seen = observe(card, session, basis)
    half = len(card.styles) // 2
    found = solve(places[:half].reshape(-1, len(basis)), seen[:half].reshape(-1, len(NAMES)))
    both = solve(places.reshape(-1, len(basis)), seen.reshape(-1, len(NAMES)))
    kept: list[dict[str, object]] = []
    for number, name in enumerate(NAMES):
        along = places[half:] @ found[number]
        rises = [np.corrcoef(a, b[:, number])[0, 1] > 0.2 for a, b in zip(along, seen[half:], strict=True)]
        share = float(np.mean(rises))
        print(f"{name}: works on {share:.0%} of the styles that it was not found on")
        if share >= SHARE:
            kept.append({"name": name, "vector": [round(float(v), 6) for v in both[number] @ basis]})
    return kept


def main(arguments: list[str] | None = None) -> None:
    """Find directions from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("generator", type=Path)
    options = parser.parse_args(arguments)
    card = Card.read(options.generator)
    directions = find(card, Session(options.generator))
    proto = onnx.load(str(options.generator))
    raw = {entry.key: entry.value for entry in proto.metadata_props}
    described = {**json.loads(raw[KEY]), "directions": directions}
    onnx.helper.set_model_props(proto, {**raw, KEY: json.dumps(described, separators=(",", ":"))})
    options.generator.write_bytes(proto.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
