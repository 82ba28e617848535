"""What is drawn in the Sequencer's sidebar. Panels draw only; they write nothing."""

from __future__ import annotations


def register() -> None:
    """Add the panels."""


def unregister() -> None:
    """Take the panels away."""
