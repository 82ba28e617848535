"""The folder of one recipe: files that are complete or not there."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..errors import CacheError
from ..plain_files import open_plain
from . import index, proxies
from .index import INDEX, Made, hash_key
from .mark import is_placeholder

RECIPE = "recipe.json"
#: Unfinished files older than this belong to a process that died, seconds.
ABANDONED = 600
#: Part of the names of this process's unfinished files. Its number is not enough: machines may share a cache folder.
_OWNER = f"{os.getpid()}-{secrets.token_hex(4)}"
#: Names of unfinished files.
PART = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.part")


class Folder:
    """The files of one recipe. `count` frames, numbered from 0 here and from 1 in file names."""

    def __init__(self, path: Path, count: int, suffix: str) -> None:
        self.path, self.count, self.suffix = path, count, suffix
        self._digits = max(4, len(str(count)))

    def name(self, frame: int) -> str:
        """Return the file name of a frame, such as `0001.png`."""
        return f"{frame + 1:0{self._digits}d}{self.suffix}"

    def names(self) -> list[str]:
        """Return all file names, in order."""
        return [self.name(frame) for frame in range(self.count)]

    def create(self, recipe: str) -> None:
        """Make the folder and write `recipe` (JSON text) into it. Raises CacheError when that can't be done."""
        try:
            if self.path.is_symlink():
                raise OSError(errno.EPERM, "is a link, and others' files are not written through links")
            self.path.mkdir(parents=True, exist_ok=True)
            for part in self.path.glob(".*.part"):
                with contextlib.suppress(FileNotFoundError):  # another process has just finished it
                    if PART.fullmatch(part.name) and time.time() - part.stat().st_ctime > ABANDONED:
                        part.unlink()
            if not (self.path / RECIPE).exists():
                self._write(RECIPE, [recipe.encode()])
            # `clean` knows its folders by these two files, and their age by this one.
            open_plain(self.path / INDEX, os.O_RDWR | os.O_CREAT, one_name=True).close()
            os.utime(self.path / INDEX)
        except OSError as error:
            raise cache_error(self.path, error) from error

    def index(self) -> dict[str, Made]:
        """Return what was made, by file name. Lines that a crash cut short are skipped."""
        return dict(index.lines(self.path / INDEX))

    def check(self, keys: Sequence[str], tick: Callable[[], None] = lambda: None) -> tuple[list[int], list[int]]:
        """Return the frames that are missing, and those whose file is not what was made. Reads all files.

        That takes seconds for gigabytes: `tick` is called after each file and may raise to stop.
        """
        known = self.index()
        missing, changed = [], []
        for frame, key in enumerate(keys):
            name = self.name(frame)
            made, path = known.get(name), self.path / name
            if not path.is_file() or (made is None and is_placeholder(path)):
                missing.append(frame)
            elif made is None or made.key != hash_key(key) or not _is_intact(path, made):
                changed.append(frame)
            tick()
        return missing, changed

    def absent(self, names: Iterable[str]) -> set[str]:
        """Return which of these files aren't there, placeholders included. Lists the folder, and reads its index."""
        try:
            there = set(os.listdir(self.path))
        except OSError:
            there = set()
        return set(names) - (there & self.index().keys())

    def damaged(self) -> set[str]:
        """Return the names of files whose size is not what the index says: truncated, emptied, exchanged. Quick."""
        return {name for name, made in self.index().items() if _size(self.path / name) not in (made.size, None)}

    def put(self, frame: int, key: str, pieces: Iterable[bytes]) -> None:
        """Store a frame, complete or not at all.

        Raises CacheError (disk full, folder not writable), and what `pieces` raise.
        """
        name = self.name(frame)
        self._note(name, Made(hash_key(key), *self._write(name, pieces)))

    def put_beside(self, suffix: str, data: bytes) -> Path:
        """Store a file that belongs to the folder's first but isn't one of its frames. Raises CacheError."""
        name = str(Path(self.name(0)).with_suffix(suffix))
        self._note(name, Made(hash_key(name), *self._write(name, [data])))
        return self.path / name

    def adopt(self, frame: int, key: str, others: dict[str, tuple[Path, Made]]) -> bool:
        """Take over a frame of the same key from `others` (see `neighbors`). Say whether one was intact."""
        found = others.get(hash_key(key))
        if not found or not _is_intact(*found):
            return False
        name, temporary = self.name(frame), self.temporary(self.name(frame))
        try:
            _link(found[0], temporary)
            os.replace(temporary, self.path / name)
        except FileNotFoundError:  # cleaned away in this moment
            return False
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise cache_error(self.path, error) from error
        self._note(name, found[1])
        return True

    def take_over(self, other: Path) -> int:
        """Take over what the index of another folder of the same recipe lists and this one lacks. Returns how many.

        Files are linked where the disk allows it, so that both folders may be removed on their own. Raises CacheError.
        """
        taken = 0
        for name, made in index.lines(other / INDEX):
            path, temporary = self.path / name, self.temporary(name)
            if path.exists() and not is_placeholder(path):
                continue
            if (other / name).is_symlink() or _size(other / name) != made.size:
                continue
            try:
                _link(other / name, temporary)
                os.replace(temporary, path)
            except OSError as error:
                temporary.unlink(missing_ok=True)
                raise cache_error(self.path, error) from error
            self._note(name, made)
            taken += 1
        return taken

    def neighbors(self, keys: Iterable[str]) -> dict[str, tuple[Path, Made]]:
        """Return the frames of the folders beside this one that have one of `keys`, by hashed key."""
        wanted = set(map(hash_key, keys))
        found: dict[str, tuple[Path, Made]] = {}
        for other in self.path.parent.glob(f"*/{INDEX}"):
            if other.parent != self.path and not other.parent.is_symlink():
                known = index.lines(other, wanted.__contains__)
                found.update((made.key, (other.parent / name, made)) for name, made in known)
        return found

    def intact(self, keys: Iterable[str]) -> dict[str, tuple[Path, Made]]:
        """Return the frames of this folder that have one of these keys, by hashed key."""
        wanted = set(map(hash_key, keys))
        return {m.key: (self.path / name, m) for name, m in self.index().items() if m.key in wanted}

    def temporary(self, name: str) -> Path:
        """Return the path of an unfinished file, which becomes a finished one by renaming or linking it."""
        return self.path / f".{name}.{_OWNER}.part"

    def _write(self, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        """Return (size, SHA-256). Each piece is hashed and written while the processor's cache still holds it."""
        temporary = self.temporary(name)
        size, sha256 = 0, hashlib.sha256()
        try:
            with temporary.open("wb") as file:
                for piece in pieces:
                    size += file.write(piece)
                    sha256.update(piece)
                file.flush()
                os.fsync(file.fileno())  # or a power cut could leave the final name on an empty file
            os.replace(temporary, self.path / name)
        except OSError as error:
            raise cache_error(self.path, error) from error
        finally:  # where all went well it has its name and is not there any more
            with contextlib.suppress(OSError):  # the folder itself may be what is wrong
                temporary.unlink(missing_ok=True)
        return size, sha256.hexdigest()

    def _note(self, name: str, made: Made) -> None:
        try:
            proxies.remove_beside(self.path, name)  # they are of what was there before
            index.append(self.path / INDEX, name, made)
        except OSError as error:
            raise cache_error(self.path, error) from error


def cache_error(path: Path, error: OSError) -> CacheError:
    """Return the error to raise for a folder, with what to do about it."""
    advice = {
        errno.ENOSPC: "The disk is full. Free some space or choose another frames folder, then regenerate. "
        "Finished frames are kept.",
        errno.EACCES: "The folder can't be written. Choose another frames folder in the preferences.",
        errno.EROFS: "The disk is read-only. Choose another frames folder in the preferences.",
        errno.EPERM: "Delete that link, or choose another frames folder in the preferences.",
    }.get(error.errno or 0, "Choose another frames folder in the preferences.")
    return CacheError(f"{path}: {error.strerror or error}. {advice}")


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(old, new)


def _size(path: Path) -> int | None:
    """Bytes of a file; None when there is none, which is another fault."""
    try:
        return path.lstat().st_size
    except OSError:
        return None


def _is_intact(path: Path, made: Made) -> bool:
    """Whether a plain file is what was made. Its size is looked at first: reading takes longer."""
    return not path.is_symlink() and _size(path) == made.size and _hash(path) == made.sha256


def _hash(path: Path) -> str:
    """SHA-256 of a file, hex; "" when it can't be read, which no file has."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
