"""Subtitles and styled text on the timeline."""
