"""Where a strip and its content lie on the timeline. 5.1 gave all these times new names; 5.2 warns of the old ones."""

from __future__ import annotations

from typing import Any

from .editor import STRIP

_NEW_NAMES = "left_handle" in STRIP.bl_rna.properties
_CONTENT_START = "content_start" if _NEW_NAMES else "frame_start"
_CONTENT_LENGTH = "content_duration" if "content_duration" in STRIP.bl_rna.properties else "frame_duration"
_TRIMMED = "content_trim_start" if _NEW_NAMES else "animation_offset_start"
_TRIMMED_END = "content_trim_end" if _NEW_NAMES else "animation_offset_end"
_LEFT = "left_handle" if _NEW_NAMES else "frame_final_start"
_RIGHT = "right_handle" if _NEW_NAMES else "frame_final_end"
_LENGTH = "duration" if _NEW_NAMES else "frame_final_duration"
_OFFSETS = ("left_handle_offset", "right_handle_offset") if _NEW_NAMES else ("frame_offset_start", "frame_offset_end")


def content_start(strip: Any) -> int:
    """Return the scene frame of the strip's first element, wherever its handles are and whatever a split cut off."""
    return round(getattr(strip, _CONTENT_START)) - trimmed(strip)


def set_content_start(strip: Any, frame: int) -> None:
    """Move a strip, its handles and its keyframes so that its first element lies at a scene frame."""
    setattr(strip, _CONTENT_START, frame + trimmed(strip))


def content_length(strip: Any) -> int:
    """Frames that the strip's content takes on the timeline, wherever its handles are and whatever was cut off."""
    return int(getattr(strip, _CONTENT_LENGTH)) + trimmed(strip) + trimmed_end(strip)


def trimmed(strip: Any) -> int:
    """Frames that a hold split cut off from the beginning of a movie's or sequence's content."""
    return int(getattr(strip, _TRIMMED, 0))


def trimmed_end(strip: Any) -> int:
    """Frames that a hold split cut off from the end of a movie's or sequence's content."""
    return int(getattr(strip, _TRIMMED_END, 0))


def is_retimed(strip: Any) -> bool:
    """Whether a strip may run faster or slower than its content.

    Blender 4.2 shows no retiming keys of images, but such a strip is then longer or shorter than its handles leave it.
    """
    if len(getattr(strip, "retiming_keys", ())):
        return True
    left = float(getattr(strip, _CONTENT_LENGTH)) - sum(hidden(strip))
    return strip.type == "IMAGE" and abs(length(strip) - left) > 0.5


def left(strip: Any) -> int:
    """Return the scene frame that the strip is seen from."""
    return int(getattr(strip, _LEFT))


def length(strip: Any) -> int:
    """Frames between the strip's handles."""
    return int(getattr(strip, _LENGTH))


def right(strip: Any) -> int:
    """Return the first scene frame that the strip is not seen on any more."""
    return left(strip) + length(strip)


def set_left(strip: Any, frame: int) -> None:
    """Move the left handle; before its content a strip holds its first frame."""
    setattr(strip, _LEFT, frame)


def set_right(strip: Any, frame: int) -> None:
    """Move the right handle; after its content a strip holds its last frame."""
    setattr(strip, _RIGHT, frame)


def hidden(strip: Any) -> tuple[float, float]:
    """Frames that the handles hide (before, after); below 0 where they reach beyond the content."""
    before, after = (float(getattr(strip, name)) for name in _OFFSETS)
    return before, after


def sound_start(strip: Any) -> float:
    """Return the scene frame at which a sound strip's file begins, wherever its handles are, and the part of it cut
    off.
    """
    return float(getattr(strip, _CONTENT_START)) - trimmed(strip)


def sound_offset(strip: Any) -> float:
    """Seconds that a sound strip's file is moved by within a frame (4.5 and later)."""
    return float(getattr(strip, "sound_offset", 0.0))
