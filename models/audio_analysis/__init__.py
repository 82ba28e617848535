"""What is heard, frame by frame: sounds as the timeline plays them, measured, and made into a curve for a setting."""

from __future__ import annotations

#: What can be measured.
MEASURES = ("level", "onset", "low", "mid", "high")
#: The longest attack and release, seconds; the least and most dB below the loudest that are silence.
SLOWEST, FLOORS = 30.0, (3.0, 90.0)
