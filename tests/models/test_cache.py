"""The cache: whole files or none, an index that tells sound from unsound, and cleaning that touches nothing else."""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import cache
from models.cache import INDEX, RECIPE, Folder, hash_key
from models.cache import folder as cache_folder
from models.cache.cleaning import note_use
from models.errors import CacheError
from tests.helpers import watcher
from tests.helpers.making import contents

KEYS = ["a", "b", "c"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Three frames, all made."""
    made = Folder(tmp_path / "root" / "lava-1-aaa", 3, ".png")
    fill(made)
    return made


def fill(folder: Folder, keys: list[str] = KEYS) -> None:
    folder.create("{}")
    for frame, key in enumerate(keys):
        folder.put(frame, key, [f"picture of {key}".encode()])


def beside(folder: Folder, name: str = "lava-1-bbb") -> Folder:
    other = Folder(folder.path.parent / name, 3, ".png")
    other.create("{}")
    return other


@pytest.mark.parametrize(
    ("count", "first", "last"), [(3, "0001.png", "0003.png"), (100_000, "000001.png", "100000.png")]
)
def test_frames_are_numbered_from_one_with_as_many_digits_as_needed(count: int, first: str, last: str) -> None:
    names = Folder(Path("x"), count, ".png").names()
    assert (names[0], names[-1], len(names)) == (first, last, count)


def test_what_was_made_is_sound(folder: Folder) -> None:
    assert folder.check(KEYS) == ([], [])
    assert contents(folder.path).keys() == {"0001.png", "0002.png", "0003.png", INDEX, RECIPE}
    assert not list(folder.path.glob(".*"))


def test_missing_cut_changed_and_stale_frames_are_found(folder: Folder) -> None:
    (folder.path / "0001.png").unlink()
    (folder.path / "0002.png").write_bytes(b"pict")
    assert folder.check(KEYS) == ([0], [1])
    (folder.path / "0002.png").write_bytes(b"picture of B")
    assert folder.check(KEYS) == ([0], [1])
    assert folder.check(["a", "b", "another recipe's frame"]) == ([0], [1, 2])


def test_a_frame_that_the_index_does_not_know_is_not_taken_for_made(folder: Folder) -> None:
    (folder.path / INDEX).write_text("")
    assert folder.check(KEYS) == ([], [0, 1, 2])
    folder.put(1, "b", [b"picture of b"])
    assert folder.check(KEYS) == ([], [0, 2])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads every file")
def test_a_frame_that_cannot_be_read_is_changed(folder: Folder) -> None:
    (folder.path / "0001.png").chmod(0)
    assert folder.check(KEYS) == ([], [0])


@given(cut=st.integers(1, 400))
def test_an_index_cut_short_loses_the_last_lines_only(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = Folder(tmp_path_factory.mktemp("cut") / "x", 3, ".png")
    fill(folder)
    index = folder.path / INDEX
    whole = index.read_bytes()
    index.write_bytes(whole[:-cut])
    sound = whole[: len(whole) - cut + 1].count(b"\n")  # a line that lacks nothing but its end is sound
    assert folder.check(KEYS) == ([], list(range(sound, 3)))
    fill(folder)  # what is made anew is known again, though the line before was cut
    assert folder.check(KEYS) == ([], [])


@pytest.fixture(scope="module")
def any_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples of a property: making one takes longer than the example."""
    return tmp_path_factory.mktemp("any")


@given(
    st.lists(st.text() | st.dictionaries(st.sampled_from(["file", "key", "size", "sha256"]), st.text()).map(json.dumps))
)
def test_an_index_of_anything_is_read(any_folder: Path, lines: list[str]) -> None:
    folder = Folder(any_folder, 3, ".png")
    (folder.path / INDEX).write_text("\n".join(lines), encoding="utf-8", errors="replace")
    assert all("/" not in name and name not in (".", "..") for name in folder.index())


def test_equal_frames_are_linked_not_made_again(folder: Folder) -> None:
    other = beside(folder)
    assert other.adopt(2, "a", other.neighbors(KEYS))
    assert os.path.samefile(folder.path / "0001.png", other.path / "0003.png")
    assert other.check(["x", "y", "a"]) == ([0, 1], [])


def test_where_there_are_no_links_equal_frames_are_copied(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    other = beside(folder)
    assert other.adopt(0, "b", other.neighbors(KEYS))
    assert (other.path / "0001.png").read_bytes() == b"picture of b"
    assert not os.path.samefile(folder.path / "0002.png", other.path / "0001.png")


def test_unsound_frames_are_not_taken_over(folder: Folder) -> None:
    other = beside(folder)
    (folder.path / "0001.png").write_bytes(b"painted over")
    neighbors = other.neighbors(KEYS)
    (folder.path / "0002.png").unlink()
    assert not other.adopt(0, "a", neighbors)
    assert not other.adopt(1, "b", neighbors)
    assert not other.adopt(2, "unknown", neighbors)
    assert other.check(KEYS) == ([0, 1, 2], [])


def test_a_frame_made_anew_leaves_the_one_it_was_linked_with_alone(folder: Folder) -> None:
    other = beside(folder)
    other.adopt(0, "a", other.neighbors(KEYS))
    other.put(0, "a", [b"n", b"ew"])
    assert folder.check(KEYS) == ([], [])


def test_what_dead_processes_left_is_swept_and_what_others_write_is_not(folder: Folder) -> None:
    ours, stranger = folder.temporary("0002.png"), folder.path / ".download.part"
    for part in (ours, stranger):
        part.write_bytes(b"half")
    folder.create("{}")
    assert ours.exists()
    os.utime(ours)
    cache_folder.ABANDONED, before = -1, cache_folder.ABANDONED
    try:
        folder.create("{}")
    finally:
        cache_folder.ABANDONED = before
    assert not ours.exists()
    assert stranger.exists()


def test_cleaning_keeps_what_is_used_and_every_stranger(folder: Folder, tmp_path: Path) -> None:
    root = folder.path.parent
    unused, empty = beside(folder), beside(folder, "lava-2-ccc")
    fill(unused)
    (unused.path / "notes.txt").write_text("mine")
    for name in ("photos", "photos/2024"):
        (root / name).mkdir()
        (root / name / "0001.png").write_bytes(b"a photo")
    (root / "photos" / RECIPE).write_text("cake")
    (root / "letter.txt").write_text("dear")
    before = cache.size(root)
    removed, freed = cache.clean(root, keep=[folder.path.name])
    assert removed == 2
    assert cache.size(root) == before - freed
    assert folder.check(KEYS) == ([], [])
    assert not empty.path.exists()
    left = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} - {
        f"{folder.path.name}/{name}" for name in contents(folder.path)
    }
    assert left == {
        "lava-1-bbb/notes.txt",
        "letter.txt",
        "photos/0001.png",
        "photos/2024/0001.png",
        "photos/recipe.json",
    }


def test_cleaning_to_a_size_removes_the_longest_unused_first(folder: Folder) -> None:
    root = folder.path.parent
    folders = [folder, *(beside(folder, f"lava-1-{n}") for n in range(3))]
    for age, made in enumerate(folders):
        if age:
            fill(made)
        os.utime(made.path / INDEX, (time.time() - age,) * 2)
    one = cache.size(root) // 4
    removed, _ = cache.clean(root, keep=[], limit=2 * one + 10)
    assert removed == 2
    assert sorted(path.name for path in root.iterdir()) == ["lava-1-0", "lava-1-aaa"]
    assert cache.clean(root, keep=[], limit=10 * one) == (0, 0)


def test_an_index_cannot_name_files_elsewhere(folder: Folder, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("keep me")
    with (folder.path / INDEX).open("a") as index:
        for name in ("../../mine.txt", str(mine), "..", "..\\..\\mine.txt"):
            index.write(json.dumps({"file": name, "key": "k", "size": 1, "sha256": "0"}) + "\n")
    cache.clean(folder.path.parent, keep=[])
    assert mine.exists()


GOOD = {"file": "0001.png", "key": hash_key("a"), "size": 12, "sha256": "0" * 64}
BAD_LINES = {
    "infinity": b'{"file": "0001.png", "key": "k", "size": Infinity, "sha256": "0"}',
    "not a number": b'{"file": "0001.png", "key": "k", "size": NaN, "sha256": "0"}',
    "a huge number": b'{"file": "0001.png", "key": "k", "size": 1e999, "sha256": "0"}',
    "a number of many digits": b'{"size": ' + b"9" * 5000 + b"}",
    "deep brackets": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000,
    "a long line": b'{"file": "' + b"x" * 10_000_000 + b'"}',
    "bytes": bytes(range(256)),
    "control characters in a name": json.dumps(GOOD | {"file": "a\x1b[2Jb"}).encode(),
    "a name that reads backwards": json.dumps(GOOD | {"file": "\u202egnp.exe"}).encode(),
    "a size that is true": json.dumps(GOOD | {"size": True}).encode(),
    "a negative size": json.dumps(GOOD | {"size": -1}).encode(),
    "half of a character": json.dumps(GOOD | {"file": "a\ud800.png"}).encode(),
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_one_bad_line_in_a_neighbor_stops_nothing(line: bytes, folder: Folder) -> None:
    other = beside(folder)
    with (folder.path / INDEX).open("ab") as index:
        index.write(line + b"\n")
    assert folder.index().keys() == {"0001.png", "0002.png", "0003.png"}
    assert other.adopt(0, "b", other.neighbors(KEYS))
    assert cache.size(folder.path.parent) > 0
    assert cache.clean(folder.path.parent, keep=[])[0] == 2


def test_neighbors_with_many_lines_cost_what_is_wanted_of_them(folder: Folder) -> None:
    with (folder.path / INDEX).open("a") as index:
        index.writelines(json.dumps(GOOD | {"key": f"{n:032x}"}) + "\n" for n in range(20_000))
    assert beside(folder).neighbors(["b"]).keys() == {hash_key("b")}


@pytest.mark.parametrize(
    "line", [b"\n", b"{", b'{"file": "', b'{"file": "' + b"a" * 255, json.dumps(GOOD).encode() + b"\n"]
)
def test_an_index_of_anything_takes_time_in_proportion(line: bytes, folder: Folder) -> None:
    def seconds(size: int) -> float:
        """The least of three, of the processor."""
        (folder.path / INDEX).write_bytes(line * (size // len(line)))
        took = []
        for _ in range(3):
            begin = time.process_time()
            folder.index()
            took.append(time.process_time() - begin)
        return min(took)

    few, many = seconds(500_000), seconds(2_000_000)
    assert many < max(8 * few, 0.05), (few, many)


def linked(path: Path, target: Path) -> None:
    path.symlink_to(target)


def hard_linked(path: Path, target: Path) -> None:
    os.link(target, path)


def piped(path: Path, _target: Path) -> None:
    os.mkfifo(path)


@pytest.mark.skipif(os.name == "nt", reason="links need rights and pipes are other things there")
@pytest.mark.parametrize("plant", [linked, hard_linked, piped], ids=lambda plant: plant.__name__)
def test_nothing_is_written_through_an_index_that_is_no_plain_file(
    plant: Callable[[Path, Path], None], folder: Folder, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("keep me")
    (folder.path / INDEX).unlink()
    plant(folder.path / INDEX, mine)
    with pytest.raises(CacheError, match="Delete that link"):
        folder.create("{}")
    with pytest.raises(CacheError, match="Delete that link"):
        folder.put(0, "a", [b"x"])
    assert folder.index() == {}
    assert beside(folder).neighbors(KEYS) == {}
    assert mine.read_text() == "keep me"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_recipe_folder_that_is_a_link_is_neither_filled_nor_cleaned(folder: Folder) -> None:
    there = folder.path.with_name("elsewhere")
    folder.path.rename(there)
    folder.path.symlink_to(there, target_is_directory=True)
    with pytest.raises(CacheError, match="is a link"):
        folder.create("{}")
    before = contents(there)
    assert cache.clean(folder.path.parent, keep=["elsewhere"]) == (0, 0)
    assert contents(there) == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_frame_that_is_a_link_counts_as_changed_and_is_not_taken_over(folder: Folder, tmp_path: Path) -> None:
    frame = folder.path / "0001.png"
    frame.rename(tmp_path / "frame.png")
    frame.symlink_to(tmp_path / "frame.png")
    assert folder.check(KEYS) == ([], [0])
    other = beside(folder)
    assert not other.adopt(0, "a", other.neighbors(KEYS))


def test_damage_that_changes_a_size_is_found_without_reading(folder: Folder) -> None:
    assert folder.damaged() == set()
    (folder.path / "0001.png").write_bytes(b"")
    (folder.path / "0002.png").write_bytes(b"picture")
    (folder.path / "0003.png").unlink()
    assert folder.damaged() == {"0001.png", "0002.png"}


def test_a_project_never_cleans_away_what_another_uses(folder: Folder) -> None:
    root = folder.path.parent
    mine, both, nobodys = (beside(folder, f"lava-1-{name}") for name in ("mine", "both", "nobodys"))
    note_use(folder.path, "/films/other.blend")
    for made in (mine, both):
        note_use(made.path, "/films/this.blend")
    note_use(both.path, "/films/other.blend")
    assert cache.clean(root, keep=[], project="/films/this.blend", shared=True)[0] == 1
    assert sorted(path.name for path in root.iterdir()) == ["lava-1-aaa", "lava-1-both", "lava-1-nobodys"]
    assert cache.clean(root, keep=[], project="/films/this.blend")[0] == 1  # in a folder that is this project's alone
    assert not nobodys.path.exists()


def test_a_cache_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert cache.size(tmp_path / "nothing") == 0
    assert cache.clean(tmp_path / "nothing", keep=[]) == (0, 0)


@pytest.mark.parametrize("place", ["file/cache", "/proc/cache"])
def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path, place: str) -> None:
    if place.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("no /proc here")
    (tmp_path / "file").touch()
    with pytest.raises(CacheError, match=r"cache.*Choose another frames folder in the preferences"):
        Folder(tmp_path / place, 3, ".png").create("{}")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_must_not_be_written_says_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CacheError, match=r"can't be written. Choose another frames folder"):
        Folder(tmp_path / "x", 3, ".png").create("{}")


def test_a_folder_that_goes_away_is_a_cache_error(folder: Folder) -> None:
    shutil.rmtree(folder.path)
    with pytest.raises(CacheError, match="lava-1-aaa"):
        folder.put(0, "a", [b"x"])
    assert folder.check(KEYS) == ([0, 1, 2], [])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can't be mounted here (that takes root)")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def put_all(folder: Folder, keys: list[str], data: bytes) -> None:
    for frame, key in enumerate(keys):
        folder.put(frame, key, [data])


def test_a_full_disk_says_what_to_do_and_keeps_what_is_made(disk: Path) -> None:
    folder = Folder(disk / "x", 100, ".png")
    folder.create("{}")
    keys = [str(frame) for frame in range(100)]
    with pytest.raises(CacheError, match=r"The disk is full. Free some space or choose another frames folder"):
        put_all(folder, keys, os.urandom(20_000))
    missing, changed = folder.check(keys)
    assert changed == []
    assert missing == list(range(missing[0], 100))
    assert missing[0] > 5
    assert not list(folder.path.glob(".*.part"))


def test_an_index_line_that_a_full_disk_cut_short_costs_no_other(disk: Path) -> None:
    folder = Folder(disk / "x", 2000, ".png")
    folder.create("{}")
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * 225_000)
    keys = [str(frame) for frame in range(2000)]
    with pytest.raises(CacheError, match="disk is full"):  # it is the index that fills it
        put_all(folder, keys, b"")
    ballast.unlink()
    missing, changed = folder.check(keys)
    assert len(changed) <= 1
    for frame in (*changed, *missing[:2]):
        folder.put(frame, keys[frame], [b""])
    assert folder.check(keys) == (missing[2:], [])


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("link", ["BL_proxy", "BL_proxy/images", "BL_proxy/images/50"])
def test_proxies_are_not_removed_through_a_link(link: str, folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    theirs = [elsewhere / part / "0001.png_proxy.jpg" for part in ("", "50", "images/50")]
    for path in theirs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (folder.path / link).parent.mkdir(parents=True, exist_ok=True)
    (folder.path / link).symlink_to(elsewhere)
    folder.put(0, "a", [b"new"])
    cache.clean(folder.path.parent, keep=[])
    assert all(path.exists() for path in theirs)


@pytest.mark.one_python
@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="watched by Linux on x86-64")
def test_a_frame_is_on_the_disk_before_it_gets_its_name(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from models.cache import Folder; "
        "made = Folder(Path(sys.argv[1]), 1, '.png'); made.create('{}'); made.put(0, 'key', [b'a frame'])"
    )
    log = tmp_path / "log"
    watched = [sys.executable, watcher.__file__, str(log), sys.executable, "-c", code, str(tmp_path / "rust-0-aaa")]
    subprocess.run(watched, check=True, timeout=60, cwd=Path(__file__).parents[2])
    calls = [(name, Path(str(path)).name) for name, path in map(json.loads, log.read_text().splitlines())]
    named = calls.index(("rename", "0001.png"))
    assert [path for name, path in calls[:named] if name == "fsync"][-1].startswith(".0001.png")
