"""What verifying a strip finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verification:
    """What `verify` found: the numbers of files that are missing or damaged, and whether the settings have changed.

    `unfollowed` says what of the strip's animation its frames don't follow, "" when there is nothing. `settled` is
    False while Blender still looks, after `verify(wait=False)`.
    """

    missing: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    stale: bool = False
    settled: bool = True
    unfollowed: str = ""

    @property
    def is_intact(self) -> bool:
        """Whether every file is there, as it was made."""
        return not self.missing and not self.changed

    @property
    def is_up_to_date(self) -> bool:
        """Whether every file is there, as it was made, and from the settings that the strip has now."""
        return self.is_intact and not self.stale

    def __str__(self) -> str:
        """Return the findings in a few words."""
        words = [] if self.is_intact else [f"{len(self.missing)} missing", f"{len(self.changed)} changed"]
        words += ["settings have changed"] if self.stale else []
        found = ", ".join(words) or "up to date"
        return f"{found}. {self.unfollowed}" if self.unfollowed else found
