"""A real Blender window on a virtual screen, driven like a user drives it: by mouse and keyboard."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

INSIDE = Path(__file__).with_name("inside.py")
TOOLS = ("Xvfb", "xdotool", "import")
WIDTH, HEIGHT = 1600, 900  # px
State = dict[str, Any]
TELL_PYTHON = "import sys; print('PYTHON', '%d.%d' % sys.version_info[:2])"


def missing_tools() -> list[str]:
    """Return which of the programs that the window needs this machine lacks."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def build_for(command: list[str], root: Path) -> Path:
    """Build the extension with wheels for the Python of that Blender, which distributions may have changed."""
    told = subprocess.run(
        [*command, "-b", "--factory-startup", "--python-expr", TELL_PYTHON],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    python = next(line.split()[1] for line in told.splitlines() if line.startswith("PYTHON "))
    build = [sys.executable, ".ci/package.py", "build", "--here", "--python", python]
    done = subprocess.run(build, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


class Window:
    """A context in which Blender shows one Sequencer with its sidebar open on a tab.

    `command` starts Blender, `folder` is an empty folder of the test's own, which becomes Blender's user folder too.
    `zip` is the extension to install. Places on the screen are in px from the top left. `editing` opens the Video
    Editing workspace instead, with a preview and a timeline beside each other.
    """

    def __init__(
        self, command: list[str], folder: Path, tab: str, zip: Path | None = None, editing: bool = False
    ) -> None:
        self.command = [*command, *(["--app-template", "Video_Editing"] if editing else [])]
        self.folder = folder
        self.arguments = [str(folder), tab, *([str(zip)] if zip else [])]
        self.log = folder / "blender.log"

    def __enter__(self) -> Self:
        # Xvfb itself chooses a display that is free, and says which.
        screen = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
        self.xvfb = subprocess.Popen(screen, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.xvfb.stdout is not None
        display = f":{self.xvfb.stdout.readline().strip()}"
        self.environment = os.environ | {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        user = self.folder / "user"
        user.mkdir()
        start = [*self.command, "--factory-startup", "--window-geometry", "0", "0", str(WIDTH), str(HEIGHT)]
        start += ["--python-exit-code", "1", "--python", str(INSIDE), "--", *self.arguments]
        with self.log.open("w") as log:
            self.blender = subprocess.Popen(
                start,
                env=self.environment | {"BLENDER_USER_RESOURCES": str(user)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own, so that all of it can be ended
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            os.killpg(self.blender.pid, signal.SIGTERM)
            self.blender.wait(10)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.blender.pid, signal.SIGKILL)
            self.blender.wait()
        self.xvfb.terminate()
        self.xvfb.wait()

    def state(self) -> State:
        """Return what Blender last told of itself; empty before it told anything."""
        try:
            return dict(json.loads((self.folder / "state.json").read_text()))
        except FileNotFoundError:
            return {}

    def wait(self, condition: Callable[[State], object], what: str, seconds: float = 30) -> State:
        """Return the first state that fulfils a condition; fail with Blender's log when none does in time."""
        end = time.monotonic() + seconds
        while not ((state := self.state()) and condition(state)):
            gone = self.blender.poll() is not None
            if gone or time.monotonic() > end:
                why = "Blender ended" if gone else f"{seconds} s passed"
                raise AssertionError(f"{why} before {what}. State: {state}\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)
        return state

    def ready(self) -> State:
        """Wait until the sidebar shows the tab."""
        return self.wait(lambda state: state["ready"], "the sidebar showed the tab", 90)

    def frames(self) -> list[Path]:
        """Return the frames in the extension's own user folder, without the placeholders of others."""
        found = sorted((self.folder / "user").rglob("*.png"))
        return [path for path in found if b"Latent Strips placeholder" not in path.read_bytes()[:100]]

    def python(self, code: str) -> State:
        """Run code inside Blender to prepare a scene; raise AssertionError with its traceback if it fails."""
        answered = self.state().get("answered", 0)
        part = self.folder / "request.part"
        part.write_text(code)
        os.replace(part, self.folder / "request.py")
        state = self.wait(lambda state: state["answered"] > answered, "the code was run")
        assert not state["error"], state["error"]
        return state

    def xdotool(self, *words: object) -> None:
        """Move the mouse, press buttons and keys."""
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True)

    def click(self, x: int, y: int) -> None:
        """Click the left button at a place."""
        self.xdotool("mousemove", x, y, "sleep", 0.2, "click", 1)

    def key(self, name: str) -> None:
        """Press a key, by xdotool's name of it: `Escape`, `ctrl+z`."""
        self.xdotool("key", name)

    def find_button(self, operator: str, having: str = "", step: int = 12, aside: int = 0) -> tuple[int, int]:
        """Return the place of an operator's button (`"render.render"`), found by moving the mouse down the sidebar.

        A button is 20 px high, and so is not missed by steps of 16. Where several press the same operator, `having` is
        a part of the one button's Python call. `aside` is how far to the left of the middle the mouse moves, px: halves
        of a row are missed there.
        """
        x, top, width, height = self.state()["regions"]["UI"]
        across = x + width // 2 - 10 - aside  # the tabs are at the right
        # A slow Blender may still tell of the button that was pressed last.
        self.xdotool("mousemove", max(x - 100, 0), top + height // 2)
        self.wait(lambda state: not state["hovered"], "the mouse has left the sidebar", 10)
        for y in range(top + step, top + height, step):
            self.xdotool("mousemove", across, y)
            before = self.state()["ticks"]  # Blender draws the button lit, then the next tick tells of it
            hovered = self.wait(lambda state, last=before + 2: state["ticks"] >= last, "Blender ticked")["hovered"]
            if f"bpy.ops.{operator}(" in hovered and having in hovered:
                return across, y
        picture = self.screenshot(self.folder / "no-button.png")
        raise AssertionError(f"The sidebar shows no enabled button of {operator}: see {picture}")

    def press(self, operator: str, having: str = "", aside: int = 0) -> None:
        """Click an operator's button in the sidebar; see `find_button`."""
        self.click(*self.find_button(operator, having, aside=aside))

    def preview(self) -> bytes:
        """Return the pixels of the preview."""
        x, y, width, height = self.state()["preview"]
        crop = ["-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "rgb:-"]
        shot = subprocess.run(
            ["import", "-window", "root", *crop], env=self.environment, check=True, capture_output=True
        )
        return shot.stdout

    def screenshot(self, path: Path) -> Path:
        """Save a picture of the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)
        return path
