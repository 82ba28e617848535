"""What a texture promises: loops that close, tiles without a seam, a drift that is rigid, light that is exact."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from models.errors import GeneratorError, RecipeError
from models.job import Generation
from models.kinds import kind
from models.kinds.texture import TextureTake
from models.library.catalog import Entry, Library
from tests.helpers.making import Pictures, decode, make, pngs, session
from tests.helpers.recipes import Build, small

STYLES = [(entry, style) for entry in Library().of_kind("texture") for style in entry.card.styles]
every_style = pytest.mark.parametrize(
    ("entry", "style"), STYLES, ids=[f"{entry.card.id}-{style.name}" for entry, style in STYLES]
)
# Whether a loop closes depends on the network and on how a style moves and repeats, not on what it shows.
MOTIONS = [*{(entry.card.id, s.drift, s.rate, s.repeat): (entry, s) for entry, s in reversed(STYLES)}.values()]
each_motion = pytest.mark.parametrize(
    ("entry", "style"), MOTIONS, ids=[f"{entry.card.id}-{style.name}" for entry, style in MOTIONS]
)
OPAQUE = {"alpha": "opaque", "depth": "16"}


def take_of(recipe: object, texture: Entry) -> TextureTake:
    take = kind("texture").take(recipe, texture.card)  # type: ignore[arg-type]
    assert isinstance(take, TextureTake)
    return take


def frame(take: TextureTake, number: int, texture: Entry) -> bytes:
    return b"".join(take.finish(number, session(texture.path, 1).run(take.inputs(number))))


@pytest.mark.one_python
@every_style
def test_every_style_is_a_picture_that_moves(entry: Entry, style: object, pictures: Pictures) -> None:
    made = pictures(small(entry, style=style.name, **OPAQUE))  # type: ignore[attr-defined]
    assert made.shape == (4, 48, 64, 3)
    assert made.std() > 0.005
    assert np.abs(np.diff(made, axis=0)).mean() > 1e-4


@pytest.mark.one_python
@each_motion
def test_the_closing_step_of_a_loop_is_like_its_other_steps(entry: Entry, style: object, pictures: Pictures) -> None:
    made = pictures(small(entry, style=style.name, frames=24, width=128, height=128, **OPAQUE))  # type: ignore[attr-defined]
    *steps, closing = np.abs(np.roll(made, -1, axis=0) - made).mean(axis=(1, 2, 3))
    assert closing <= max(steps)


@pytest.mark.parametrize(
    "motion",
    [
        {},
        {"drift_x": 0.3},
        {"drift_x": -0.4, "drift_y": 0.2},
        {"speed": 0, "drift_y": 0.3},
        {"speed": [0, 0, 2, 4, 1, 1], "drift_x": [0, 0.5, 0.5, 0, 0, 1]},
        {"tile_x": False, "tile_y": False, "drift_x": 0.3, "scale": [1, 1.2, 1.4, 1.4, 1.2, 1.1]},
        {"fps": 0.5, "speed": 3},
    ],
    ids=lambda motion: "-".join(motion) or "default",
)
def test_the_frame_after_the_last_one_of_a_loop_is_the_first(
    texture: Entry, texture_recipe: Build, motion: dict[str, object]
) -> None:
    # Pictures of fewer cells are cut by the runtime for its threads where sums come out a last bit different.
    recipe = texture_recipe(frames=6, width=192, height=128, **motion)
    take = take_of(recipe, texture)
    layout, first, cell = take.camera.layout, take.camera.views[0], take.camera.torus.cell
    # One round later the camera has gone on by the loop's drift. Of a picture that stands still, it is a whole turn.
    on = replace(
        first,
        time=first.time + (layout.keys or 0),
        top=first.top + layout.drift[0] * cell[0],
        left=first.left + layout.drift[1] * cell[1],
    )
    last = take.camera.views[-1]
    steps = np.diff([view.time for view in take.camera.views])
    assert first.time <= last.time <= on.time
    assert (steps >= 0).all()
    take.camera.views.append(on)
    assert frame(take, 6, texture) == frame(take, 0, texture)


def test_a_loop_that_stands_still_but_drifts_goes_round_the_whole_torus(texture: Entry, texture_recipe: Build) -> None:
    recipe = texture_recipe(frames=8, width=128, height=96, speed=0, drift_x=0.7)
    take = take_of(recipe, texture)
    step = take.camera.views[1].left - take.camera.views[0].left
    whole = take.camera.layout.columns * take.camera.torus.cell[1]
    assert (8 * step / whole) == pytest.approx(-1)


def test_an_open_strip_goes_on_like_a_longer_one(tmp_path: Path, texture_recipe: Build) -> None:
    short, long = (make(texture_recipe(frames=n, loop=False, drift_x=0.1, fps=25.0), tmp_path / str(n)) for n in (4, 8))
    assert pngs(short.path).items() <= pngs(long.path).items()


def seam(frames: np.ndarray, axis: int) -> float:
    """Mean difference across the wrapping edge, over the mean difference inside."""
    steps = np.abs(np.roll(frames, -1, axis) - frames).mean(axis=tuple(set(range(4)) - {axis}))
    return float(steps[-1] / steps[:-1].mean())


@pytest.mark.one_python
def test_a_strip_that_does_not_tile_has_a_seam_and_one_that_does_has_none(
    texture: Entry, texture_recipe: Build, pictures: Pictures
) -> None:
    motion = {"frames": 16, "loop": False, "speed": 16, "drift_x": 0.35, "drift_y": 0.35}
    tiled, unlike, styles = [], [], texture.card.styles
    for style, seed in product(styles, range(-(-12 // len(styles)))):  # a dozen pictures at least
        recipe = texture_recipe(style=style.name, seed=seed, width=160, height=144, **motion, **OPAQUE)
        shown = pictures(recipe)
        tiled.append([seam(shown, axis) for axis in (1, 2)])
        open_sides = [{"tile_y": False}, {"tile_x": False}]  # one alone, for the other goes on tiling
        apart = [replace(recipe, frames=2, settings={**recipe.settings, **side}) for side in open_sides]
        unlike.append([seam(pictures(each), axis) for axis, each in enumerate(apart, 1)])
    # Not the mean: few sparks lie on an edge by chance, or none.
    whole, cut = np.median(tiled, axis=0), np.median(unlike, axis=0)
    assert ((whole > 0.9) & (whole < 1.1)).all(), tiled
    assert (cut > 1.1).all(), unlike  # or there was nothing to be seen


@pytest.mark.one_python
def test_no_style_shows_where_it_is_joined(texture: Entry, texture_recipe: Build) -> None:
    # The join is one of the edges of latent cells, and the picture can be rolled (below): all edges are looked at, for
    # one line is strong or weak by chance. Where there are courses, only those edges are alike that lie whole periods
    # apart, and the join is compared with them.
    shown = {}
    for style in texture.card.styles:
        ratios: list[float] = []
        courses = style.repeat != (1, 1)
        for seed in range(32):  # of pictures that are mostly empty, many are needed to tell
            if seed >= 3 and np.std(ratios) / len(ratios) ** 0.5 < 0.025:
                break
            take = take_of(texture_recipe(style=style.name, seed=seed, width=384, height=384), texture)
            (image,) = session(texture.path, 1).run(take.inputs(0)).values()
            for axis in (1, 2):
                steps = np.abs(np.roll(image[0], -1, axis) - image[0]).mean(axis=(0, 3 - axis))
                edges = steps[:: -take.camera.torus.cell[axis - 1] * style.repeat[axis - 1]]
                alike = edges[1:] if courses else steps
                ratios.append((edges[:1] if courses else edges).mean() / alike.mean())
        shown[style.name] = float(np.mean(ratios))
    assert all(0.9 < ratio < 1.1 for ratio in shown.values()), shown


@pytest.mark.one_python
def test_rolling_the_latents_rolls_the_picture(texture: Entry, texture_recipe: Build) -> None:
    take = take_of(texture_recipe(width=192, height=128), texture)
    feeds, (out,) = take.inputs(0), texture.card.outputs
    network, (down, across) = session(texture.path, 1), take.camera.torus.cell
    rolled = {
        port.name: np.roll(feeds[port.name], (n, -2 * n), axis=(2, 3))
        for role in ("latent_field", "waves", "patch_field")
        for port in texture.card.ports(role)
        for n in (1 if role == "patch_field" else texture.card.stride // port.stride,)
    }
    here, there = network.run(feeds)[out.name], network.run({**feeds, **rolled})[out.name]
    assert np.abs(np.roll(here, (down, -2 * across), axis=(2, 3)) - there).max() < 1e-5


@pytest.mark.one_python
def test_a_window_of_the_torus_is_what_the_whole_torus_shows(texture: Entry, texture_recipe: Build) -> None:
    # The margin around the window must cover the network's receptive field, or the edges flicker as it moves.
    size = 2560 if texture.card.ports("patch_field") else 40 * texture.card.stride
    recipe = texture_recipe(
        width=size, height=size, frames=4, tile_x=False, tile_y=False, loop=False, scale=[1, 2, 3, 4]
    )
    part, whole = take_of(recipe, texture), take_of(recipe, texture)
    whole.camera._cells = lambda view: (None, None)  # type: ignore[method-assign]
    assert part.camera._cells(part.camera.views[3]) != (None, None)
    a, b = (decode(frame(take, 3, texture)).astype(int) for take in (part, whole))
    assert np.abs(a - b).max() <= 1


@pytest.mark.parametrize(("track", "shift"), [("drift_x", (0, 8)), ("drift_y", (-8, 0))], ids=["right", "up"])
def test_a_drift_moves_the_picture_and_changes_nothing_in_it(
    texture_recipe: Build, pictures: Pictures, track: str, shift: tuple[int, int]
) -> None:
    # 128 px at 8 frames a second: half a side a second is 8 px a frame.
    made = pictures(texture_recipe(width=128, height=128, loop=False, speed=0, **{track: 0.5}))
    for number in range(1, 4):
        assert np.array_equal(np.roll(made[0], np.multiply(shift, number), axis=(0, 1)), made[number])


def test_speed_zero_stands_still(texture_recipe: Build, pictures: Pictures) -> None:
    made = pictures(texture_recipe(speed=0))
    assert all(np.array_equal(made[0], other) for other in made[1:])


def test_scale_enlarges_about_the_middle(texture_recipe: Build, pictures: Pictures) -> None:
    free = {"tile_x": False, "tile_y": False, "loop": False, "speed": 0}
    near, far = pictures(texture_recipe(width=128, height=128, frames=2, scale=[2, 1], **free, **OPAQUE))
    shrunk = near.reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.corrcoef(shrunk.ravel(), far[32:96, 32:96].ravel())[0, 1] > 0.95


def test_a_keyframed_mix_touches_its_own_frames_only(texture: Entry, texture_recipe: Build, tmp_path: Path) -> None:
    # Of styles that move alike, or stand still: after a mix of others, all that follows lies elsewhere.
    pairs = [*combinations(texture.card.styles, 2)]
    alike = [(a, b) for a, b in pairs if (a.drift, a.rate) == (b.drift, b.rate)]
    a, b = (alike or pairs)[0]
    morph = {"style": a.name, "style_b": b.name, "frames": 5, "speed": float(bool(alike))}
    before, after = texture_recipe(**morph, mix=[0, 0, 0.5, 1, 1]), texture_recipe(**morph, mix=[0, 0, 0.25, 1, 1])
    keys = [Generation.of(recipe, texture.card, tmp_path).keys() for recipe in (before, after)]
    assert [n for n in range(5) if keys[0][n] != keys[1][n]] == [2]
    frames = [pngs(make(recipe, tmp_path / str(n)).path) for n, recipe in enumerate((before, after))]
    assert [name for name in frames[0] if frames[0][name] != frames[1][name]] == ["0003.png"]


def test_a_mix_of_nothing_is_the_first_style_and_of_all_the_second(
    texture: Entry, texture_recipe: Build, tmp_path: Path
) -> None:
    a, b = (style.name for style in texture.card.styles[-2:])
    made = [
        list(pngs(make(texture_recipe(frames=1, alpha="opaque", **values), tmp_path).path).values())
        for values in (
            {"style": a, "style_b": b, "mix": 0},
            {"style": a},
            {"style": a, "style_b": b, "mix": 1},
            {"style": b},
        )
    ]
    assert made[0] == made[1]
    first, second = decode(made[2][0]).astype(int), decode(made[3][0]).astype(int)
    assert np.abs(first - second).max() <= 1


def test_the_color_times_alpha_is_the_light(texture_recipe: Build, pictures: Pictures) -> None:
    opaque = pictures(texture_recipe(**OPAQUE))
    clear = pictures(texture_recipe(alpha="luminance", depth="16"))
    assert clear.shape[-1] == 4
    assert np.abs(clear[..., :3] * clear[..., 3:] - opaque).max() < 2 / 65535
    assert np.abs(clear[..., 3] - opaque.max(axis=-1)).max() < 1 / 65535


def test_airy_styles_have_alpha_and_emissive_ones_a_blend_mode_for_light(
    texture: Entry, texture_recipe: Build, pictures: Pictures
) -> None:
    made = kind("texture")
    for style in texture.card.styles:
        recipe = made.checked(texture_recipe(style=style.name, frames=1), texture.card)
        shown = made.presentation(recipe, texture.card)
        airy = style.emissive or style.alpha
        assert shown == {"name": style.label, "blend": "SCREEN" if style.emissive else "ALPHA_OVER", "alpha": airy}
        assert pictures(recipe).shape[-1] == (4 if airy else 3)


def test_16_bits_round_to_the_8_bit_picture(texture_recipe: Build, pictures: Pictures) -> None:
    coarse, fine = (pictures(texture_recipe(alpha="opaque", depth=depth)) for depth in ("8", "16"))
    assert np.abs(coarse - fine).max() <= 0.5 / 255 + 0.5 / 65535
    assert len(np.unique(fine)) > 256


def test_intensity_is_a_factor(texture_recipe: Build, pictures: Pictures) -> None:
    full, half, none = (pictures(texture_recipe(intensity=v, **OPAQUE)) for v in (1, 0.5, 0))
    assert np.abs(full / 2 - half)[full < 1].max() < 2 / 65535  # white is cut off, its half is not
    assert none.max() == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 64), (33, 1), (63, 49), (2048, 2)], ids=str)
@pytest.mark.parametrize("tile", [True, False], ids=["tiled", "open"])
def test_any_size_can_be_made(texture_recipe: Build, pictures: Pictures, size: tuple[int, int], tile: bool) -> None:
    recipe = texture_recipe(width=size[0], height=size[1], frames=1, tile_x=tile, tile_y=tile, alpha="opaque")
    assert pictures(recipe).shape == (1, size[1], size[0], 3)


@pytest.mark.parametrize("values", [{"width": 16384, "height": 16384}, {"width": 3840, "height": 2160, "scale": 0.25}])
def test_what_no_memory_holds_is_refused_with_advice(
    texture: Entry, texture_recipe: Build, tmp_path: Path, values: dict[str, object]
) -> None:
    with pytest.raises(RecipeError, match="Make the frame smaller or the scale larger"):
        Generation.of(texture_recipe(**values), texture.card, tmp_path)


def test_an_unknown_style_names_those_there_are(texture: Entry, texture_recipe: Build, tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match=f"no style 'chocolate'.*{texture.card.styles[0].name}"):
        Generation.of(texture_recipe(style="chocolate"), texture.card, tmp_path)


def test_values_that_are_no_numbers_are_never_shown(texture: Entry, texture_recipe: Build) -> None:
    take = take_of(texture_recipe(), texture)
    (port,) = texture.card.outputs
    broken = np.full((1, port.channels, 64, 64), np.nan, np.float32)
    with pytest.raises(GeneratorError, match="at frame 1"):
        list(take.finish(0, {port.name: broken}))


@pytest.mark.one_python
@pytest.mark.parametrize("kind_", ["texture", "matte"])
@pytest.mark.parametrize("tiled", [True, False], ids=["tiled", "free"])
def test_a_scale_by_the_frame_shows_the_same_picture_at_every_size(kind_: str, tiled: bool, pictures: Pictures) -> None:
    entry = Library().of_kind(kind_)[-1 if kind_ == "texture" else 0]
    how = {
        "scale": (8.0, 8.0, 7.5, 6.0),
        "drift_x": 0.4,
        "tile_x": tiled,
        "tile_y": tiled,
        "depth": "16",
        "loop": False,
    }
    large, small_ = (pictures(small(entry, scale_by="frame", width=16 * n, height=9 * n, **how)) for n in (24, 12))
    halved = large.reshape(4, 9 * 12, 2, 16 * 12, 2, -1).mean((2, 4))
    assert np.abs(halved - small_).mean() < 0.1 * np.abs(small_ - small_.mean()).mean()
    by_pixels = pictures(small(entry, width=16 * 12, height=9 * 12, **how))
    assert np.abs(halved - by_pixels).mean() > 0.5 * np.abs(small_ - small_.mean()).mean()


def test_recipes_without_the_later_setting_stay_what_they_were() -> None:
    texture = Library().of_kind("texture")[0]
    before = kind("texture").checked(small(texture), texture.card)
    assert "scale_by" not in before.settings
    assert kind("texture").checked(small(texture, scale_by="pixels"), texture.card) == before
    assert kind("texture").checked(small(texture, scale_by="frame"), texture.card).settings["scale_by"] == "frame"
