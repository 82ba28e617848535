"""The exceptions of Latent Strips. Each message says what was wrong, where, and what to do.

LatentStripsError
├── RecipeError         a value is out of range, or a recipe or its JSON is malformed
├── GeneratorError      a model file or its card can't be used
│   └── GeneratorMissing    no generator of that id and digest is installed
├── CacheError          a folder or frame can't be read or written
├── MediaError          an image, movie or sound file can't be read or encoded
├── SubtitleError       a subtitle file can't be read or written
├── TextError           a text can't be laid out: its font is missing or unreadable
├── WorkerError         the worker process failed or died
└── Cancelled           somebody asked for the work to stop; what was made is kept
"""

from __future__ import annotations


class LatentStripsError(Exception):
    """Base of all errors that Latent Strips raises on purpose."""


class RecipeError(LatentStripsError):
    """A value is out of range, or a recipe or its JSON is malformed."""


class GeneratorError(LatentStripsError):
    """A model file or its card can't be used."""


class GeneratorMissing(GeneratorError):
    """No generator of that id and digest is installed."""


class CacheError(LatentStripsError):
    """A folder or frame can't be read or written."""


class MediaError(LatentStripsError):
    """An image, movie or sound file can't be read or encoded."""


class SubtitleError(LatentStripsError):
    """A subtitle file can't be read or written."""


class TextError(LatentStripsError):
    """A text can't be laid out: its font is missing or unreadable."""


class WorkerError(LatentStripsError):
    """The worker process failed or died."""


class Cancelled(LatentStripsError):
    """Somebody asked for the work to stop; what was made is kept."""


_BY_NAME: dict[str, type[LatentStripsError]] = {
    error.__name__: error
    for error in (
        RecipeError,
        GeneratorError,
        GeneratorMissing,
        CacheError,
        MediaError,
        SubtitleError,
        TextError,
        WorkerError,
        Cancelled,
    )
}


def from_name(name: str, message: str) -> LatentStripsError:
    """The exception that a worker reported as `name` and `message`; an unknown name becomes a WorkerError."""
    return _BY_NAME.get(name, WorkerError)(message)
