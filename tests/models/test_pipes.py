"""Pipes to a process: nothing waits, nothing is lost, and an end is noticed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.worker.pipes import Inbox, Outbox

#: Waits for a word before it reads, then says how much it got, and how it ended.
SLOW = "import sys, time; time.sleep(1); text = sys.stdin.read(); print(len(text), text[-3:]); sys.stdout.flush()"
ECHO = "import sys; [(sys.stdout.write(line), sys.stdout.flush()) for line in sys.stdin]"


def process(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


def ends(of: subprocess.Popen[bytes]) -> tuple[Outbox, Inbox]:
    assert of.stdin
    assert of.stdout
    return Outbox(of.stdin), Inbox(of.stdout)


def heard(inbox: Inbox, outbox: Outbox, until: int) -> list[str]:
    """Lines until there are `until`, or no more."""
    lines: list[str] = []
    end = time.monotonic() + 30
    while len(lines) < until and not inbox.ended and time.monotonic() < end:
        outbox.push()
        lines += inbox.lines()
        time.sleep(0.005)
    return lines


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[Outbox, Inbox]]:
    running = process(ECHO)
    outbox, inbox = ends(running)
    yield outbox, inbox
    outbox.close()
    assert running.wait(10) == 0
    inbox.close()


def test_a_process_that_does_not_read_keeps_nobody_waiting() -> None:
    running = process(SLOW)
    outbox, inbox = ends(running)
    begin = time.monotonic()
    outbox.put("x" * 3_000_000 + "end")  # much more than a pipe takes
    assert inbox.lines() == []
    assert time.monotonic() - begin < 0.5  # it sleeps for longer
    while outbox.waits:
        outbox.push()
        time.sleep(0.005)
    outbox.close()
    assert heard(inbox, outbox, 1) == ["3000003 end"]
    assert running.wait(10) == 0
    inbox.close()


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])), min_size=1, max_size=20))
def test_lines_come_back_whole(echo: tuple[Outbox, Inbox], lines: list[str]) -> None:
    outbox, inbox = echo
    for line in lines:
        outbox.put(line + "\n")
    assert heard(inbox, outbox, len(lines)) == lines


def test_lines_that_come_in_pieces_are_put_together() -> None:
    code = "import sys, time\nfor c in 'ä€ one\\nand two\\nhalf'.encode():\n sys.stdout.buffer.write(bytes([c]))\n"
    running = process(code + " sys.stdout.flush(); time.sleep(0.003)")
    outbox, inbox = ends(running)
    assert heard(inbox, outbox, 99) == ["ä€ one", "and two"]
    assert inbox.ended
    outbox.close()
    inbox.close()
    running.wait(10)


def test_a_process_that_was_killed_is_noticed_from_both_ends() -> None:
    running = process("import time; time.sleep(100)")
    outbox, inbox = ends(running)
    assert inbox.lines() == []
    assert not inbox.ended
    running.kill()
    running.wait()
    assert inbox.lines() == []
    assert inbox.ended
    outbox.put("anybody?\n")
    assert not outbox.waits
    outbox.close()
    inbox.close()
