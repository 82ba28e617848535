"""The exceptions of Latent Strips. Each message says what was wrong, where, and what to do.

LatentStripsError
├── RecipeError         a value is out of range, or a recipe or its JSON is malformed
│   └── SettingError        a setting of a strip has a value that it can't have
│       ├── UnknownSetting      a strip of this kind has no setting of that name
│       └── UnknownStyle        no generator of this kind has a style of that name
├── PresetError         a preset, or a file of presets, can't be used
├── StripError          a strip or a scene that was named can't be used
│   ├── StripGone           the strip was deleted, or its making was undone
│   └── SceneLinked         the scene is linked from another file, where nothing can be made
├── ProjectMissing      the .blend file that a command is for is not there, or none was named
├── GeneratorError      a model file or its card can't be used
│   ├── GeneratorMissing    no generator of that id and digest is installed
│   ├── GeneratorRefused    a model file is not safe to load, or not of a form that can be used
│   │   ├── NotOnnx             it is not a plain file, not an ONNX model, or damaged
│   │   ├── ExternalData        it wants to read other files
│   │   ├── CustomOperators     it uses operations that are not part of the ONNX standard
│   │   ├── ControlFlow         it may run for ever: Loop, Scan or If
│   │   ├── UnknownOpset        it is written for an older or a newer runtime
│   │   ├── MalformedGraph      its names or connections make no sense
│   │   └── TooLarge            it, or what it computes, exceeds a limit
│   ├── GeneratorOverrun    it took more time or memory than is allowed, and was stopped
│   └── GeneratorQuarantined    it has brought the worker down before
├── CacheError          a folder or frame can't be read or written
├── MediaError          an image, movie or sound file can't be read or encoded
├── SubtitleError       a subtitle file can't be read or written
│   └── TooManyCues         it has more cues than a timeline takes
├── TextError           a text can't be laid out: its font is missing or unreadable
├── WorkerError         the worker process failed
│   └── WorkerDied          the worker process died, or was ended because it hung
└── Canceled           somebody asked for the work to stop; what was made is kept
"""

from __future__ import annotations

from .printable import printable


class LatentStripsError(Exception):
    """Base of all errors that Latent Strips raises on purpose. What a message quotes of others is made printable."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))


class RecipeError(LatentStripsError):
    """A value is out of range, or a recipe or its JSON is malformed."""


class SettingError(RecipeError):
    """A setting of a strip has a value that it can't have."""


class UnknownSetting(SettingError, AttributeError):
    """A strip of this kind has no setting of that name."""


class UnknownStyle(SettingError):
    """No generator of this kind has a style of that name."""


class PresetError(LatentStripsError):
    """A preset, or a file of presets, can't be used."""


class StripError(LatentStripsError):
    """A strip or a scene that was named can't be used."""


class StripGone(StripError):
    """The strip was deleted, or its making was undone."""


class SceneLinked(StripError):
    """The scene is linked from another file, where nothing can be made."""


class ProjectMissing(LatentStripsError):
    """The .blend file that a command is for is not there, or none was named."""


class GeneratorError(LatentStripsError):
    """A model file or its card can't be used."""


class GeneratorMissing(GeneratorError):
    """No generator of that id and digest is installed."""


class GeneratorRefused(GeneratorError):
    """A model file is not safe to load, or not of a form that can be used."""


class NotOnnx(GeneratorRefused):
    """It is not a plain file, not an ONNX model, or damaged."""


class ExternalData(GeneratorRefused):
    """It wants to read other files."""


class CustomOperators(GeneratorRefused):
    """It uses operations that are not part of the ONNX standard."""


class ControlFlow(GeneratorRefused):
    """It may run for ever: Loop, Scan or If."""


class UnknownOpset(GeneratorRefused):
    """It is written for an older or a newer runtime."""


class MalformedGraph(GeneratorRefused):
    """Its names or connections make no sense."""


class TooLarge(GeneratorRefused):
    """It, or what it computes, exceeds a limit."""


class GeneratorOverrun(GeneratorError):
    """It took more time or memory than is allowed, and was stopped."""


class GeneratorQuarantined(GeneratorError):
    """It has brought the worker down before."""


class CacheError(LatentStripsError):
    """A folder or frame can't be read or written."""


class MediaError(LatentStripsError):
    """An image, movie or sound file can't be read or encoded."""


class SubtitleError(LatentStripsError):
    """A subtitle file can't be read or written."""


class TooManyCues(SubtitleError):
    """It has more cues than a timeline takes."""


class TextError(LatentStripsError):
    """A text can't be laid out: its font is missing or unreadable."""


class WorkerError(LatentStripsError):
    """The worker process failed or died."""


class WorkerDied(WorkerError):
    """The worker process died, or was ended because it hung."""


class Canceled(LatentStripsError):
    """Somebody asked for the work to stop; what was made is kept."""


def _tree(root: type[LatentStripsError]) -> dict[str, type[LatentStripsError]]:
    found = {root.__name__: root}
    for error in root.__subclasses__():
        found |= _tree(error)
    return found


_BY_NAME = _tree(LatentStripsError)


def from_name(name: str, message: str) -> LatentStripsError:
    """Return the exception that a worker reported as `name` and `message`; an unknown name becomes a WorkerError."""
    return _BY_NAME.get(name, WorkerError)(message)
