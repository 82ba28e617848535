"""Ways to spoil what is right: bytes, texts, JSON, and messages of Protocol Buffers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any

from models.errors import LatentStripsError
from models.onnx.wire import head
from tests.helpers.cards import varint

#: Values that stand where another type, size or sign belongs.
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 7, 2**31, 2**63, -(2**63), 10**30, 10**400, 0.0, -0.0, 0.5, 1e-320, 1e308, -1e308,
    float("nan"), float("inf"), float("-inf"), "", " ", "a", "x" * 1100, "../../etc/passwd", "/", "a/b", "..", "\0",
    "\u202egnp.exe", "\x1b[31m", "\ud800", "\u2067\u2069", "ا", "é" * 70, "0" * 64, "f" * 32, "NaN", "1e999", [], {},
    [0], [[]], {"": ""}, [None], [1.0, "a"], [1e308] * 5, {"a": {"b": {}}}, [0] * 300, "[" * 300,
)  # fmt: skip
#: Pieces of JSON as text that no parsed value gives.
TEXTS = ("NaN", "-Infinity", "1e999", "9" * 5000, "[" * 3000, '{"a":' * 2000, "\0", "\ufeff", ",", "]", "}", '"', "\\u",
         "\\ud800", "//", "'", "0x10", "1_0", "+1", ".5")  # fmt: skip
#: How many of a thousand inputs are large, and what they are full of.
MUCH = 0.001
LONG = ("0,", " ", "9", "[", '{"a":', '"",', '"a":1,', "x", "\\u0061", "é")


def of_bytes(random: Random, data: bytes, most: int = 6) -> bytes:
    """Flip, drop, double or put in a few bytes, or cut the end off."""
    new = bytearray(data)
    for _ in range(random.randint(1, most)):
        place = random.randrange(len(new) + 1)
        way = random.randrange(10)
        if way < 5 and place < len(new):
            new[place] = random.randrange(256) if way < 3 else new[place] ^ 1 << random.randrange(8)
        elif way < 7:
            new[place:place] = random.randbytes(random.choice((1, 1, 2, 8)))
        elif way == 7:
            del new[place : place + random.choice((1, 2, 10, 200))]
        elif way == 8:
            new[place:place] = new[place : place + random.choice((1, 4, 60))] * random.choice((1, 2, 9))
        elif random.random() < 0.3:
            del new[place:]
    return bytes(new)


def of_text(random: Random, text: str, seeds: Sequence[str], pieces: Sequence[str], letters: str, most: int = 8) -> str:
    """Take parts of a text out, double them or put pieces, letters or parts of other texts in."""
    for _ in range(random.randint(0, most)):
        begin = random.randint(0, len(text))
        end = min(len(text), begin + random.choice((0, 1, 3, 20, len(text))))
        way = random.randrange(6)
        if way < 2:
            put, end = random.choice(pieces), begin
        elif way == 2:
            put = ""
        elif way == 3:
            put = text[begin:end] * 2
        elif way == 4:
            put = random.choice(seeds)
        else:
            put = "".join(random.choices(letters, k=random.randint(0, 9)))
        text = text[:begin] + put + text[end:]
    if random.random() < MUCH:
        place = random.randint(0, len(text))
        text = text[:place] + random.choice((*pieces, *letters)) * random.choice((1000, 20_000)) + text[place:]
        text = text[:400_000]
    return text


def of_json(random: Random, raw: Any, most: int = 3) -> str:
    """Put junk into a parsed JSON value, leave things out or twice; seldom, spoil its text."""
    box = [json.loads(json.dumps(raw))]  # a copy, quickly
    for _ in range(random.choice((*range(1, most + 1), 1))):
        _spoil(random, box)
    try:
        text = json.dumps(box[0], ensure_ascii=random.random() < 0.9)
    except (ValueError, RecursionError):
        text = json.dumps(str(box[0])[:1000])
    if random.random() < 0.15:
        place = random.randint(0, len(text))
        text = text[:place] + random.choice(TEXTS) + text[place + random.randint(0, 3) :]
    if random.random() < MUCH:
        place = random.randint(0, len(text))
        text = text[:place] + random.choice(LONG) * random.choice((10_000, 300_000)) + text[place:]
    return text


def _spoil(random: Random, box: Any) -> None:
    """Change one thing in a list, at any depth."""
    holder, key = box, 0
    while random.random() < 0.8:
        inner = holder[key]
        if isinstance(inner, dict) and inner:
            holder, key = inner, random.choice(list(inner))
        elif isinstance(inner, list) and inner:
            holder, key = inner, random.randrange(len(inner))
        else:
            break
    way = random.randrange(12)
    if way < 3 or holder is box:
        holder[key] = deepcopy(random.choice(JUNK))
    elif way < 7:
        holder[key] = deepcopy(random.choice([junk for junk in JUNK if isinstance(junk, _alike(holder[key]))]))
    elif way == 7:
        del holder[key]
    elif way == 8 and isinstance(holder, dict):
        holder[random.choice(("", "a", "path", "__class__", "\u202e", str(key) + " "))] = holder.pop(key)
    elif way == 8 and isinstance(holder, list):
        holder[key:key] = [deepcopy(holder[key])] * random.choice((1, 2, 500))
    elif way == 9:
        value = holder[key]
        holder[key] = value * random.choice((-1, 2, 10**9)) if isinstance(value, int | float) else [value]
    elif way == 10:
        holder[key] = str(holder[key])
    else:
        holder[key] = {str(key): holder[key]}


def _alike(value: Any) -> type | tuple[type, ...]:
    """Return the types that stand for a value's in JSON."""
    return (int, float) if isinstance(value, int | float) else type(value)


Fields = list[tuple[int, int, Any]]


def message(data: bytes) -> Fields | None:
    """Return (number, wire type, value) of each field of a message; None for what is none."""
    found: Fields = []
    view, place = memoryview(data), 0
    try:
        while place < len(view):
            wire = view[place] & 7
            number, value, place, length = head(view, place)
            if length > len(view) - place:
                return None
            found.append((number, wire, bytes(view[place : place + length]) if value is None else value))
            place += length
    except LatentStripsError:
        return None
    return found


def written(fields: Fields) -> bytes:
    """Return the bytes of a message."""
    parts = []
    for number, wire, value in fields:
        tag = varint(number << 3 | wire)
        parts.append(tag + (varint(value) if wire == 0 else varint(len(value)) + value if wire == 2 else bytes(value)))
    return b"".join(parts)


def of_message(random: Random, data: bytes, words: Sequence[bytes], depth: int = 0) -> bytes:
    """Spoil one field of a message, or of a message in it; every length before it stays right."""
    fields = message(data)
    if not fields:
        return random.choice(words) if random.random() < 0.7 else of_bytes(random, data, 2)
    # The larger a part is, the likelier it is spoiled: a graph has more to it than the version before it.
    sizes = [len(value) ** 0.5 + 1 if wire == 2 else 1.0 for _, wire, value in fields]
    which = random.choices(range(len(fields)), sizes)[0]
    number, wire, value = fields[which]
    way = random.randrange(12)
    if wire == 2 and way < 8 and depth < 8:
        fields[which] = number, 2, of_message(random, value, words, depth + 1)
    elif way < 9 and wire == 0:
        fields[which] = number, 0, random.choice((0, 1, 2, 3, 7, 255, 2**31, 2**63, 2**64 - 1, value + 1))
    elif way < 9:
        fields[which] = number, wire, of_bytes(random, value, 2)[: len(value)].ljust(len(value), b"\0")
    elif way == 9:
        del fields[which]
    elif way == 10:
        fields[which:which] = [fields[which]] * random.choice((1, 1, 2, 40))
    else:
        other = random.randrange(len(fields))
        fields[which], fields[other] = fields[other], (random.choice((number, 1, 2, 4, 8, 13)), wire, value)
    return written(fields)
