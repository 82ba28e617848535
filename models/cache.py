"""Results on disk: one folder a recipe, one file a frame, and an index that says what each file must be.

    <root>/lava-1-3f2a9c…/0001.png …     what Blender shows
    <root>/lava-1-3f2a9c…/recipe.json    what it was made from
    <root>/lava-1-3f2a9c…/index.jsonl    frame, key, size and SHA-256 of each file, one line each

A file gets its final name only when it is whole, and counts as made only when the index has its hash. Lines are
appended in one write, so several processes may work on one folder: they write the same bytes. A frame whose key is
already in a neighbouring folder is linked (or copied), not made again.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .errors import CacheError

INDEX, RECIPE = "index.jsonl", "recipe.json"
#: Unfinished files older than this belong to a process that died, seconds.
ABANDONED = 600
#: Part of the names of this process's unfinished files. Its number is not enough: machines may share a cache folder.
_OWNER = f"{os.getpid()}-{secrets.token_hex(4)}"
_PART = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.part")


@dataclass(frozen=True)
class Made:
    """What the index says of one file."""

    key: str
    size: int
    sha256: str


class Folder:
    """The files of one recipe. `count` frames, numbered from 0 here and from 1 in file names."""

    def __init__(self, path: Path, count: int, suffix: str) -> None:
        self.path, self.count, self.suffix = path, count, suffix
        self._digits = max(4, len(str(count)))

    def name(self, frame: int) -> str:
        """The file name of a frame, such as `0001.png`."""
        return f"{frame + 1:0{self._digits}d}{self.suffix}"

    def names(self) -> list[str]:
        """All file names, in order."""
        return [self.name(frame) for frame in range(self.count)]

    def create(self, recipe: str) -> None:
        """Make the folder and write `recipe` (JSON text) into it. Raises CacheError when that can't be done."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for part in self.path.glob(".*.part"):
                with contextlib.suppress(FileNotFoundError):  # another process has just finished it
                    if _PART.fullmatch(part.name) and time.time() - part.stat().st_ctime > ABANDONED:
                        part.unlink()
            if not (self.path / RECIPE).exists():
                self._write(RECIPE, [recipe.encode()])
            (self.path / INDEX).touch()  # `clean` knows its folders by these two files, and their age by this one
        except OSError as error:
            raise _cache_error(self.path, error) from error

    def index(self) -> dict[str, Made]:
        """What was made, by file name. Lines that a crash cut short are passed over."""
        return dict(_lines(self.path / INDEX))

    def check(self, keys: Sequence[str], tick: Callable[[], None] = lambda: None) -> tuple[list[int], list[int]]:
        """Frames that are not there, and frames whose file is not what was made. Reads all files.

        That takes seconds for gigabytes: `tick` is called after each file and may raise to stop.
        """
        index = self.index()
        missing, changed = [], []
        for frame, key in enumerate(keys):
            name = self.name(frame)
            made, path = index.get(name), self.path / name
            if not path.is_file():
                missing.append(frame)
            elif made is None or made.key != hash_key(key) or made.sha256 != _hash(path):
                changed.append(frame)
            tick()
        return missing, changed

    def put(self, frame: int, key: str, pieces: Iterable[bytes]) -> None:
        """Store a frame, whole or not at all. Raises CacheError (disk full, folder not writable), and what `pieces`
        raise.
        """
        name = self.name(frame)
        self._note(name, Made(hash_key(key), *self._write(name, pieces)))

    def put_beside(self, suffix: str, data: bytes) -> Path:
        """Store a file that belongs to the folder's first but isn't one of its frames. Raises CacheError."""
        name = str(Path(self.name(0)).with_suffix(suffix))
        self._note(name, Made(hash_key(name), *self._write(name, [data])))
        return self.path / name

    def adopt(self, frame: int, key: str, others: dict[str, tuple[Path, Made]]) -> bool:
        """Take over a frame of the same key from `others` (see `neighbours`). Says whether there was a sound one."""
        found = others.get(hash_key(key))
        if not found or not found[0].is_file() or _hash(found[0]) != found[1].sha256:
            return False
        name, temporary = self.name(frame), self._temporary(self.name(frame))
        try:
            try:
                os.link(found[0], temporary)
            except OSError:  # another file system, or one without hard links
                shutil.copyfile(found[0], temporary)
            os.replace(temporary, self.path / name)
        except FileNotFoundError:  # cleaned away in this moment
            return False
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise _cache_error(self.path, error) from error
        self._note(name, found[1])
        return True

    def neighbours(self) -> dict[str, tuple[Path, Made]]:
        """Frames in the folders beside this one, by hashed key."""
        found: dict[str, tuple[Path, Made]] = {}
        for index in self.path.parent.glob(f"*/{INDEX}"):
            if index.parent != self.path:
                found.update((made.key, (index.parent / name, made)) for name, made in _lines(index))
        return found

    def sound(self, keys: Iterable[str]) -> dict[str, tuple[Path, Made]]:
        """The frames of this folder that have one of these keys, by hashed key."""
        wanted = set(map(hash_key, keys))
        return {m.key: (self.path / name, m) for name, m in self.index().items() if m.key in wanted}

    def _temporary(self, name: str) -> Path:
        return self.path / f".{name}.{_OWNER}.part"

    def _write(self, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        """Returns (size, SHA-256). Each piece is hashed and written while the processor's cache still holds it."""
        temporary = self._temporary(name)
        size, sha256 = 0, hashlib.sha256()
        try:
            with temporary.open("wb") as file:
                for piece in pieces:
                    size += file.write(piece)
                    sha256.update(piece)
            os.replace(temporary, self.path / name)
        except OSError as error:
            raise _cache_error(self.path, error) from error
        finally:  # where all went well it has its name and is not there any more
            with contextlib.suppress(OSError):  # the folder itself may be what is wrong
                temporary.unlink(missing_ok=True)
        return size, sha256.hexdigest()

    def _note(self, name: str, made: Made) -> None:
        line = json.dumps({"file": name, "key": made.key, "size": made.size, "sha256": made.sha256}).encode() + b"\n"
        try:
            # Unbuffered: a line is one append, which other processes' appends can't get into.
            with (self.path / INDEX).open("ab+", buffering=0) as file:
                if not _ends_whole(file):  # a crash or a full disk has cut the last line short
                    line = b"\n" + line
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise _cache_error(self.path, error) from error


def size(root: Path) -> int:
    """Bytes that the recipe folders under `root` hold."""
    return sum(_size(folder) for folder in _folders(root))


def clean(root: Path, keep: Iterable[str], limit: int = 0) -> tuple[int, int]:
    """Remove recipe folders, least recently used first, until at most `limit` bytes are left.

    Those named in `keep` stay in any case, and nothing is touched that this program has not made. Returns (folders
    removed, bytes freed). Raises CacheError when a folder can't be removed.
    """
    kept = set(keep)
    removed = freed = 0
    sizes = {folder: _size(folder) for folder in _folders(root)}
    left = sum(sizes.values())
    for folder in sorted(sizes, key=lambda folder: _stat(folder / INDEX)[1]):
        if left <= limit:
            break
        if folder.name in kept:
            continue
        try:
            for file in _own(folder):
                file.unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _cache_error(folder, error) from error
        removed, freed, left = removed + 1, freed + sizes[folder], left - sizes[folder]
    return removed, freed


def hash_key(key: str) -> str:
    """Frame keys are long; the index holds their SHA-256, shortened to 128 bits."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _folders(root: Path) -> list[Path]:
    return [index.parent for index in root.glob(f"*/{INDEX}") if (index.parent / RECIPE).is_file()]


def _own(folder: Path) -> list[Path]:
    """The files in `folder` that the index or this module knows."""
    names = {name for name, _ in _lines(folder / INDEX)} | {INDEX, RECIPE}
    try:
        own = [path for path in folder.iterdir() if path.name in names or _PART.fullmatch(path.name)]
    except FileNotFoundError:  # another process has just cleaned it away
        return []
    return [path for path in own if not path.is_dir()]


def _size(folder: Path) -> int:
    return sum(_stat(path)[0] for path in _own(folder))


def _stat(path: Path) -> tuple[int, float]:
    """Bytes and time of change of a file; zeros when it has just gone, as unfinished ones do."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0.0
    return found.st_size, found.st_mtime


def _ends_whole(file: BinaryIO) -> bool:
    """Whether the last line of `file` is whole."""
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _lines(path: Path) -> Iterator[tuple[str, Made]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            raw = json.loads(line)
            name = raw["file"]
            if isinstance(name, str) and "/" not in name and "\\" not in name and name not in ("", ".", ".."):
                yield name, Made(str(raw["key"]), int(raw["size"]), str(raw["sha256"]))
        except (ValueError, KeyError, TypeError):
            continue  # cut short by a crash: the frame is made again


def _hash(path: Path) -> str:
    """SHA-256 of a file, hex; "" when it can't be read, which is no file's."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _cache_error(path: Path, error: OSError) -> CacheError:
    advice = {
        errno.ENOSPC: "The disk is full. Free some space or choose another cache folder, then regenerate; "
        "what is already made is kept.",
        errno.EACCES: "The folder can't be written. Choose another cache folder in the preferences.",
        errno.EROFS: "The disk is read-only. Choose another cache folder in the preferences.",
    }.get(error.errno or 0, "Choose another cache folder in the preferences.")
    return CacheError(f"{path}: {error.strerror or error}. {advice}")
