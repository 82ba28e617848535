"""Training images: found, checked, and refused with the file's name when they can't be used."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
Image = pytest.importorskip("PIL.Image")

from models.training.data import GAP, Crops, DataError, Manifest, load  # noqa: E402

MANIFEST = """
id = "two"
label = "Two"
license = "CC0-1.0"
[[style]]
name = "red"
label = "Red"
size = 64
sources = [{ file = "red.png", license = "CC0-1.0", origin = "here"SHA }]
"""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with one plain and one noisy picture of 96×80 px."""
    Image.new("RGB", (96, 80), (255, 0, 0)).save(tmp_path / "red.png")
    noise = np.random.default_rng(0).integers(0, 255, (80, 96, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "Gray_noise.png")
    return tmp_path


def manifest(folder: Path, text: str) -> Path:
    path = folder / "set.toml"
    path.write_text(text)
    return path


def test_a_folder_of_images_is_a_set_with_a_style_for_each(pictures: Path) -> None:
    found = Manifest.of_folder(pictures, "my_set")
    assert (found.id, found.label) == ("my_set", "My Set")
    assert [(style.name, style.label) for style in found.styles] == [("gray_noise", "Gray noise"), ("red", "red")]


def test_crops_are_cut_from_the_style_asked_for(pictures: Path) -> None:
    crops = Crops(Manifest.of_folder(pictures, "x"), pictures, 32)
    (noisy, red), later = crops.batch(torch.tensor([0, 1]), 32, torch.Generator().manual_seed(0))
    assert not crops.moves(0)
    assert torch.equal(later[0], noisy)  # a picture is a clip that stands still
    assert tuple(red.shape) == (3, 32, 32)
    assert red.amin(dim=(1, 2)).tolist() == red.amax(dim=(1, 2)).tolist() == [1, -1, -1]
    assert noisy.std() > 0.3


def test_a_folder_without_images_says_what_it_takes(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(DataError, match="holds no PNG"):
        Manifest.of_folder(tmp_path, "x")


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_corrupt_image_is_named(pictures: Path, data: bytes) -> None:
    (pictures / "bad.png").write_bytes(data)
    with pytest.raises(DataError, match=r"bad\.png.*Remove or replace"):
        Crops(Manifest.of_folder(pictures, "x"), pictures, 32)


def test_an_image_cut_short_is_named(pictures: Path) -> None:
    whole = (pictures / "Gray_noise.png").read_bytes()
    (pictures / "Gray_noise.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"Gray_noise\.png"):
        Crops(Manifest.of_folder(pictures, "x"), pictures, 32)


def test_an_image_smaller_than_a_crop_is_named(pictures: Path) -> None:
    with pytest.raises(DataError, match="96×80 px is smaller than a 128 px crop"):
        Crops(Manifest.of_folder(pictures, "x"), pictures, 128)


def test_a_manifest_is_read_and_its_sources_checked(pictures: Path) -> None:
    right = hashlib.sha256((pictures / "red.png").read_bytes()).hexdigest()
    Crops(Manifest.read(manifest(pictures, MANIFEST.replace("SHA", f', sha256 = "{right}"'))), pictures, 32)
    wrong = Manifest.read(manifest(pictures, MANIFEST.replace("SHA", f', sha256 = "{"0" * 64}"')))
    with pytest.raises(DataError, match=r"red\.png: differs from the manifest"):
        Crops(wrong, pictures, 32)
    (pictures / "red.png").unlink()
    with pytest.raises(DataError, match=r"red\.png: the source of style 'red' is missing. Is --data right"):
        Crops(wrong, pictures, 32)


@pytest.mark.parametrize(
    "text",
    [
        "id = ",
        'id = "x"\nlabel = "X"\nlicense = "CC0-1.0"',
        'id = "x"\nlabel = "X"\nlicense = "CC0-1.0"\n[[style]]\nname = "a"',
        MANIFEST.replace("SHA", "").replace("size", "seize"),
        MANIFEST.replace("SHA", "").replace('id = "two"', ""),
    ],
    ids=["no TOML", "no styles", "no sources", "unknown field", "no id"],
)
def test_a_malformed_manifest_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"set\.toml"):
        Manifest.read(manifest(tmp_path, text))


def test_the_shipped_manifests_are_sound(root: Path) -> None:
    paths = list((root / "models" / "training" / "sets").glob("*.toml"))
    assert paths
    for path in paths:
        found = Manifest.read(path)
        sources = [source for style in found.styles for source in style.sources]
        assert all(source.license for source in sources)
        assert all(source.sha256 or source.origin.startswith("models/training/") for source in sources)


def test_what_is_transparent_is_black(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 255, 255, 0)).save(tmp_path / "clear.png")
    assert load(tmp_path / "clear.png", 8).max() == -1


def test_large_images_are_taught_at_their_size(pictures: Path) -> None:
    assert load(pictures / "red.png", 40).shape == (1, 3, 40, 48)
    assert load(pictures / "red.png", 400).shape == (1, 3, 80, 96)
    assert load(pictures / "red.png", 400, fit=(64, 128)).shape == (1, 3, 64, 128)


def test_alpha_is_learned_with_the_color_multiplied_by_it(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 102, 51)).save(tmp_path / "veil.png")
    (veil,) = load(tmp_path / "veil.png", 8, channels=4)
    assert ((veil[:, 0, 0] + 1) / 2).tolist() == pytest.approx([0.2, 0, 0.08, 0.2], abs=2 / 255)


def test_a_clip_is_cropped_at_two_moments(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 40), (20 * n, 0, 0)) for n in range(6)]
    frames[0].save(tmp_path / "rise.png", save_all=True, append_images=frames[1:], duration=40)
    crops = Crops(Manifest.of_folder(tmp_path, "x"), tmp_path, 32)
    assert crops.moves(0)
    now, later = crops.batch(torch.zeros(16, dtype=torch.int64), 32, torch.Generator().manual_seed(0))
    assert torch.allclose((later - now)[:, 0], torch.tensor(20 * GAP / 127.5), atol=1e-5)
    assert len(now.flatten(1).unique(dim=0)) > 1


HELD = """
id = "held"
label = "Held"
license = "CC0-1.0"
held = 0.5
[[style]]
name = "ramp"
label = "Ramp"
sources = [{ file = "ramp.png", license = "CC0-1.0", origin = "here" }]
[[style]]
name = "two"
label = "Two"
sources = [
    { file = "red.png", license = "CC0-1.0", origin = "here" },
    { file = "ramp.png", license = "CC0-1.0", origin = "here", held = true },
]
"""


@pytest.fixture
def held(pictures: Path) -> Path:
    ramp = np.tile(np.arange(96, dtype=np.uint8), (80, 1))
    Image.fromarray(ramp).save(pictures / "ramp.png")
    return pictures


def test_what_is_held_out_is_not_taught(held: Path) -> None:
    found = Manifest.read(manifest(held, HELD))
    (taught, red), (kept, ramp) = (Crops(found, held, 32, part=part).images for part in ("taught", "held"))
    whole = load(held / "ramp.png", 768)[0]
    assert torch.equal(torch.cat((taught[0], kept[0]), dim=2), torch.from_numpy(whole))
    assert taught[0].max() < kept[0].min()
    assert [one[0].shape[2] for one in (red, ramp)] == [96, 96]
    assert red[0][1].max() == -1  # only the red picture is taught, and whole
    assert torch.equal(ramp[0], torch.from_numpy(whole))


def test_a_set_that_holds_nothing_out_teaches_all(held: Path) -> None:
    first, _ = HELD.replace("held = 0.5\n", "").split('[[style]]\nname = "two"')
    found = Manifest.read(manifest(held, first))
    assert Crops(found, held, 32).images[0][0].shape[2] == 96
    assert Crops(found, held, 32, part="held").images == [[]]


def test_holding_out_too_much_is_told(held: Path) -> None:
    narrow = manifest(held, HELD.replace("0.5", "0.8"))
    with pytest.raises(DataError, match=r"ramp\.png: what is taught of it, 19×80 px, is smaller"):
        Crops(Manifest.read(narrow), held, 32)
    all_held = HELD.replace(
        'red.png", license = "CC0-1.0", origin = "here"', 'red.png", license = "CC0-1.0", origin = "here", held = true'
    )
    with pytest.raises(DataError, match="'two' holds out all its sources"):
        Crops(Manifest.read(manifest(held, all_held)), held, 32)


def test_one_style_of_a_set_can_be_taught_alone(held: Path) -> None:
    found = Manifest.read(manifest(held, HELD.replace("held = 0.5", 'held = 0.5\nfirst = "ramp"')))
    alone = found.only(["two"])
    assert [style.name for style in alone.styles] == ["two"]
    assert (alone.first, found.only(["two", "ramp"]).first, alone.held) == ("", "ramp", 0.5)
    with pytest.raises(DataError, match="held has no style three; choose from ramp, two"):
        found.only(["two", "three"])
