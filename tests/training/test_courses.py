"""Materials with courses: what is fitted in closed form, what is drawn of it, and what the exported file does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
import torch
from PIL import Image

from models.cards.card import Card
from models.inference.session import Session
from models.kinds.texture import KIND
from models.recipe import Recipe
from models.training import trainer
from models.training.data import Manifest, Source, Style
from models.training.gaussian import coursed, coursed_graph, courses, masonry
from models.training.gaussian.courses import Units
from models.training.graphs import flops
from models.training.textures import export
from models.training.textures.networks import waves
from models.training.textures.run import TextureSettings, TextureTraining

Array = npt.NDArray[np.float64]
BOND = Units(32, 64, 32)


def wall(side: int = 384, seed: int = 0) -> tuple[Array, Array]:
    """A running bond with a color for each brick, under noise: the picture and its mean, `[3,side,side]` in −1…1."""
    rng = np.random.default_rng(seed)
    course, brick = BOND.numbers(side, side)
    y, x = np.mgrid[:side, :side]
    mortar = (y % 32 < 4) | ((x - course * 32) % 64 < 4)
    mean = np.where(mortar, 0.5, np.array([0.1, -0.3, -0.4])[:, None, None])
    colors = 0.1 * rng.standard_normal((3, side // 32, side // 64))[:, course, brick % (side // 64)]
    return mean + np.where(mortar, 0, colors) + 0.05 * rng.standard_normal((3, side, side)), mean


@pytest.fixture(scope="module")
def fitted() -> courses.Course:
    return courses.fit([wall()[0]], (2, 2), BOND)


def test_the_mean_course_comes_back_from_under_the_bricks_colors_and_the_noise(fitted: courses.Course) -> None:
    truth = wall()[1][:, :64, :64]
    ways = [(y, x) for y in (-4, 0, 4, 32) for x in range(-32, 33, 4)]  # where a unit begins is not in the picture
    differences = [np.abs(np.roll(truth, way, (1, 2)) - fitted.mean).mean() for way in ways]
    assert min(differences) < 0.03
    assert np.sqrt(np.diag(fitted.colors @ fitted.colors.T)) == pytest.approx([0.1] * 3, rel=0.35)
    assert fitted.gain.min() < 0.3 < 0.9 < fitted.gain.max()  # mortar takes nothing of a brick's color
    assert fitted.spread.mean() == pytest.approx(0.05, rel=0.3)


def test_units_are_found_wherever_the_picture_begins() -> None:
    shifted = np.roll(wall()[0], (12, 20), (1, 2))
    found = courses.fit([shifted[:, :320, :320]], (2, 2), BOND)
    assert np.sqrt(np.diag(found.colors @ found.colors.T)) == pytest.approx([0.1] * 3, rel=0.35)


def test_a_picture_without_a_whole_period_is_refused() -> None:
    with pytest.raises(ValueError, match="No picture holds a whole period of 128×128 px"):
        courses.fit([np.zeros((3, 96, 200))], (4, 4))


@pytest.mark.parametrize(
    ("repeat", "units"),
    [((2, 2), Units(32, 64, 32)), ((2, 4), Units(32, 128, 64)), ((3, 3), Units(48, 96, 48)), ((2, 3), Units(64, 48))],
)
def test_each_block_belongs_to_the_brick_that_it_lies_in(repeat: tuple[int, int], units: Units) -> None:
    rows, columns = 4 * repeat[0], 4 * repeat[1]
    owners = coursed.owners(repeat, units).reshape(4, 4, 4, 4)
    course, unit = units.numbers(32 * rows, 32 * columns)
    named: dict[tuple[int, int], set[tuple[int, ...]]] = {}
    for row, column, y, x in np.ndindex(rows, columns, 4, 4):
        source, place = divmod(int(owners[row % repeat[0], column % repeat[1], y, x]), 4)
        down, across = coursed.NEAR[source]
        brick = (int(course[32 * row + 8 * y, 32 * column + 8 * x]), int(unit[32 * row + 8 * y, 32 * column + 8 * x]))
        named.setdefault(brick, set()).add((row + down, column + across, place))
    assert all(len(places) == 1 for places in named.values())  # all of a brick asks the same place
    assert len({place for places in named.values() for place in places}) == len(named)  # and no other brick does


@pytest.fixture(scope="module")
def generator(fitted: courses.Course) -> coursed.CoursedGenerator:
    plain = courses.fit([wall()[0][:, :, :352]], (1, 3))
    made = coursed.CoursedGenerator(coursed.Base([fitted, plain], [(2, 2), (1, 3)], [BOND, None]), (8, 8, 8))
    torch.manual_seed(0)
    torch.nn.init.normal_(made.refiner.out.weight, std=0.02)
    return made.eval()


def test_untrained_it_is_the_model_and_its_courses_are_straight(fitted: courses.Course) -> None:
    plain = coursed.CoursedGenerator(coursed.Base([fitted], [(2, 2)], [BOND]), (8, 8, 8)).eval()
    rng = torch.Generator().manual_seed(0)
    z, style = torch.randn(1, coursed.noises(), 8, 8, generator=rng), torch.ones(1, 1)
    with torch.no_grad():
        made = plain(z, style, waves([(2, 2)], 8, 8))[0].double().numpy()
    mean = courses.average([made], (64, 64))
    assert np.abs(mean - fitted.mean).mean() < 0.05  # 16 periods, of bricks that differ by 0.1
    straight = courses.tiled(fitted.mean, (256, 256))
    for axis in (1, 2):  # the means of lines of pixels are those of the mean course
        lines = made.mean(axis=(0, axis)), straight.mean(axis=(0, axis))
        assert np.corrcoef(*lines)[0, 1] > 0.8
    course, brick = BOND.numbers(256, 256)
    number = course * 4 + brick % 4
    rest = made - courses.tiled(fitted.mean, (256, 256))
    between = np.array([rest[:, number == n].mean(axis=1) for n in range(32)]).std(axis=0)
    assert (between > 0.04).all()  # bricks differ


@pytest.fixture(scope="module")
def exported(generator: coursed.CoursedGenerator, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The file, and how far it is from torch."""
    path = tmp_path_factory.mktemp("exported") / "walls.onnx"
    return path, export.export(generator, {"card": 1, "id": "walls"}, path)


def test_the_file_draws_the_same(exported: tuple[Path, float]) -> None:
    path, difference = exported
    assert difference < 1e-3
    # What a card tells of the inputs are those that the graph has.
    graph = {port.name for port in onnxruntime.InferenceSession(str(path)).get_inputs()}
    assert graph == {port["name"] for port in coursed_graph.inputs()} | {"style"}


def test_rolled_by_whole_courses_it_is_the_same_to_the_last_bit(exported: tuple[Path, float]) -> None:
    path, _ = exported
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the runtime cuts pictures as small as this one for its threads, see test_job
    session = onnxruntime.InferenceSession(str(path), options)
    z = torch.randn(1, coursed.noises(), 6, 6, generator=torch.Generator().manual_seed(1))
    style, place = torch.tensor([[1.0, 0.0]]), waves([(2, 2)], 6, 6)
    pictures = [
        session.run(None, {k: v.numpy() for k, v in coursed_graph.feeds(field, style, place).items()})[0]
        for field in (z, z.roll((2, -4), (2, 3)))
    ]
    assert np.array_equal(np.roll(pictures[0], (64, -128), (2, 3)), pictures[1])
    # Half way to another style, whose courses come round otherwise, there is a picture, too.
    between = torch.full((1, 2), 0.5), (place + waves([(1, 3)], 6, 6)) / 2
    (image,) = session.run(None, {k: v.numpy() for k, v in coursed_graph.feeds(z, *between).items()})
    assert np.isfinite(image).all()
    assert image.std() > 0.02


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, Path]:
    folder = tmp_path_factory.mktemp("walls")
    for seed, name in enumerate(("wall", "held")):
        picture = (wall(256, seed)[0].clip(-1, 1) + 1) * 127.5
        Image.fromarray(picture.round().astype(np.uint8).transpose(1, 2, 0)).save(folder / f"{name}.png")
    sources = Source("wall.png", "CC0-1.0", "wall"), Source("held.png", "CC0-1.0", "wall", held=True)
    bond = Style("bond", "Bond", sources, repeat=(2, 2), unit=(32, 64, 32), flip_x=False, flip_y=False)
    rows = replace(bond, name="rows", label="Rows", repeat=(1, 4), unit=())
    found = Manifest("walls", "Walls", "CC0-1.0", (bond, rows), widths=(8, 8, 8), judge=(8, 8, 8, 8, 8), refines=True)
    return found, folder


def test_it_trains_and_its_strips_close(manifest: tuple[Manifest, Path], tmp_path: Path) -> None:
    torch.set_num_threads(1)
    (found, folder), out = manifest, tmp_path / "run"
    out.mkdir()
    run = TextureTraining(
        found, folder, TextureSettings(steps=2, crop=64, batch=4, head_start=0, evenness=0.0), "cpu", False
    )
    before = run.generator.refiner.out.weight.clone()
    trainer.run(run, out, 500)
    assert not torch.equal(before, run.generator.refiner.out.weight)
    again, steps = export.load(out)
    path = tmp_path / "walls.onnx"
    described = export.card(found, again, {}, steps, "walls.toml")
    assert export.export(again, described, path) < 1e-3
    card = Card.read(path)
    assert card.style("rows").repeat == (1, 4)
    recipe = Recipe("texture", card.id, card.digest, 200, 160, 12, 12.0, 0, {"style": "bond", "drift_x": 0.3})
    take, session = KIND.take(recipe, card), Session(path)
    (image,) = take.run(session, 0).values()
    assert image.shape == (1, 3, 32 * take.camera.layout.rows, 32 * take.camera.layout.columns)
    assert take.camera.layout.rows % 2 == take.camera.layout.columns % 2 == 0
    assert flops.count(path, {name: array.shape for name, array in take.inputs(0).items()}) > 0


@pytest.mark.parametrize("name", masonry.PICTURES)
def test_renders_have_courses_that_come_round_and_colors_in_range(name: str) -> None:
    rng = np.random.default_rng(0)
    photograph = 0.5 + 0.1 * rng.standard_normal((3, 128, 128))
    draw = partial(masonry.picture, name, 384, photographs=lambda file: photograph)
    one, other = (np.asarray(draw(seed=seed), float) for seed in (0, 1))
    assert one.shape == (384, 384, 3)
    assert np.abs(one - other).mean() > 2  # another seed is another picture
    periods = [courses.average([picture.transpose(2, 0, 1)], (128, 192)) for picture in (one, other)]
    likeness = np.corrcoef(periods[0].ravel(), periods[1].ravel())[0, 1]
    assert likeness > 0.4, likeness  # whose courses lie where they did
