"""Every difference between Blender 4.2 and 5.2 that this extension meets, by subject. No other file asks for a version.

Other files import this package alone, as `compat`.
"""

from __future__ import annotations

from .curves import all_fcurves, animate, curves_in, curves_of, fcurve_of, fcurves, path_within
from .editor import (
    STRIP,
    TURNS_MOVIES,
    active_strip,
    all_strips,
    forget_picture,
    inside,
    is_meta,
    named,
    refresh,
    selected_strips,
    set_files,
    settings,
    strips,
)
from .masks import add_mask, copy_masks, refresh_modifiers
from .scenes import redraw, sequencer_scene, sequencing, show, show_everywhere, still, write_png
from .text import adds_text, new_text, set_text_anchor, text_anchor, text_rules
from .times import (
    content_length,
    content_start,
    hidden,
    is_retimed,
    left,
    length,
    right,
    set_content_start,
    set_left,
    set_right,
    sound_offset,
    sound_start,
    trimmed,
    trimmed_end,
)

__all__ = [
    "STRIP",
    "TURNS_MOVIES",
    "active_strip",
    "add_mask",
    "adds_text",
    "all_fcurves",
    "all_strips",
    "animate",
    "content_length",
    "content_start",
    "copy_masks",
    "curves_in",
    "curves_of",
    "fcurve_of",
    "fcurves",
    "forget_picture",
    "hidden",
    "inside",
    "is_meta",
    "is_retimed",
    "left",
    "length",
    "named",
    "new_text",
    "path_within",
    "redraw",
    "refresh",
    "refresh_modifiers",
    "right",
    "selected_strips",
    "sequencer_scene",
    "sequencing",
    "set_content_start",
    "set_files",
    "set_left",
    "set_right",
    "set_text_anchor",
    "settings",
    "show",
    "show_everywhere",
    "sound_offset",
    "sound_start",
    "still",
    "strips",
    "text_anchor",
    "text_rules",
    "trimmed",
    "trimmed_end",
    "write_png",
]
