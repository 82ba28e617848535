"""Open a media file by FFmpeg, through PyAV: that file, and none that it names."""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer

from ..errors import MediaError

#: Formats that list other files or addresses, by FFmpeg's names. A recipe knows a file by its content, not by theirs.
LISTS = frozenset({"concat", "dash", "hls", "imf", "sdp", "vobsub"})
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(sorted(av.formats_available - LISTS)),
    "pattern_type": "none",  # else `a%02d.png` stands for a01.png, a02.png …
}


def opened(path: Path) -> InputContainer:
    """Open the file at `path`, whatever its name looks like (`http:/a.mp4` is a file in the folder `http:`).

    Raises MediaError for playlists, and av.FFmpegError, OSError or ValueError for what can't be read.
    """
    try:
        return av.open(f"file:{path}", options=_OPTIONS)
    except av.ArgumentError as error:
        raise MediaError(
            f"{path}: can't be read. It is damaged, or a playlist, whose entries are not followed. Use the files that "
            "it lists."
        ) from error
