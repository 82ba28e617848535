"""The doctor's findings, asked of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

from ....models.doctor import Finding
from ....models.processes import ROOT, WINDOWS, environment
from ..preferences import frames_root, preferences, user_folder

#: Seconds that all checks together may take.
PATIENCE = 120.0
#: What was found last, for the panel.
last: list[Finding] = []


def run() -> list[Finding]:
    """Run all checks. What can't even start is a finding too."""
    command = [sys.executable, "-m", "models.doctor"]
    command += [
        f"--library={user_folder('generators')}",
        f"--frames={frames_root()}",
        f"--provider={preferences().provider}",
    ]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), capture_output=True, text=True, encoding="utf-8", errors="replace",
            timeout=PATIENCE, creationflags=WINDOWS,
        )  # fmt: skip
        last[:] = [Finding(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode not in (0, 1) or not last:
            words = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            last.append(
                Finding("Worker", "error", f"The checks ended early: {words[0][:300]}", "Reinstall the extension.")
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        last[:] = [Finding("Worker", "error", f"No process can be started ({error})", "Reinstall the extension.")]
    return last
