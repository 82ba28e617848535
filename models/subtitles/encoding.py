"""From bytes to text: byte order marks, UTF-8, then the encodings that old subtitle files are in, by what they yield.

Subtitle files are short and mostly letters, so a decoding is judged by its letters: the right one gives common ones.
"""

from __future__ import annotations

import codecs
import re

from ..errors import SubtitleError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Frequent characters of the languages that each encoding is used for.
_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实吗吧什谁呢啊给让话知"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事"
    "成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實嗎吧什誰呢啊給讓話知"
)
_COMMON = {
    "gb18030": set(_SIMPLIFIED + "，。？！：“”…"),
    "big5": set(_TRADITIONAL + "，。？！：「」…"),
    "shift_jis": {chr(c) for c in range(0x3041, 0x30FF)} | set("、。？！人日本私何言今行見来"),
    "euc_kr": {chr(c) for c in range(0xAC00, 0xD7A4)},
    "cp1251": set("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїє"),
    "cp1252": set("éèêëàâäçîïôöùûüßñåæøíóúáãõìòðþýœ¿¡’“”…–"),
    "cp1250": set("ąćęłńśźżčďěňřšťůžőűľĺŕôäöüßáéíóúý"),
}
#: What may be told or found, most likely first: an earlier one wins where two yield the same.
ENCODINGS = ("utf-8", "utf-16", "gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "cp1252", "cp1250")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """(text, name of the encoding) of a file. `encoding` overrides what is found. Raises SubtitleError."""
    if encoding:
        try:
            return data.decode(encoding), encoding
        except LookupError as error:
            raise SubtitleError(f"There is no encoding {encoding[:40]!r}. Try {', '.join(ENCODINGS)}.") from error
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise SubtitleError(f"Line {line} is not {encoding}. Leave the encoding on automatic.") from error
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace"), name
    if (wide := _wide(data)) is not None:
        return data.decode(wide, "replace"), wide
    try:
        text, name = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, name = _mixed(data) or _guessed(data)
    controls = len(_CONTROL.findall(text))
    if controls > 8 and controls > len(text) / 200:
        raise SubtitleError("This is a binary file, not subtitles: it is full of control characters.")
    return text, name


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its line ends, digits and blanks is 0."""
    even, odd = data[0:2000:2].count(0), data[1:2000:2].count(0)
    half = min(len(data), 2000) / 2
    if max(even, odd) < 0.25 * half or min(even, odd) > 0.05 * half:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _mixed(data: bytes) -> tuple[str, str] | None:
    """A file that is UTF-8 but for a few lines, which are in another encoding; None when most lines are not."""
    lines = data.split(b"\n")
    odd = {n for n, line in enumerate(lines) if not _is_utf8(line)}
    sound = sum(not line.isascii() for n, line in enumerate(lines) if n not in odd)
    if sound < 2 * len(odd):
        return None
    text, name = _guessed(b"\n".join(lines[n] for n in sorted(odd)))
    others = iter(text.split("\n"))
    whole = [next(others, "") if n in odd else line.decode() for n, line in enumerate(lines)]
    return "\n".join(whole), name if name.startswith("utf-8") else f"utf-8 and {name}"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _guessed(data: bytes) -> tuple[str, str]:
    best = (0.0, "")
    for name in _COMMON:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        best = max(best, (_share(text, name), name), key=lambda found: found[0])
    if best[1]:
        return data.decode(best[1]), best[1]
    # Several encodings in one file, or none that is known: what is UTF-8 in it is kept, the rest marked.
    return data.decode("utf-8", "replace"), "utf-8 with errors"


def _share(text: str, name: str) -> float:
    """How much of what is not ASCII looks like the languages that the encoding is used for, 0…1."""
    common = _COMMON[name]
    if not name.startswith("cp"):
        letters = [c for c in text if c > "\x7f" and not c.isspace()]
        # Half of a real text is rarer characters.
        return min(1.0, sum(c in common for c in letters) / max(len(letters), 1) / 0.45)
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    ascii_fits = name != "cp1251"
    sound = 0.0
    for word in words:
        cased = word.islower() or word.istitle() or (word.isupper() and len(word) < 12)
        fits = all(c.lower() in common or (ascii_fits and c < "\x7f") for c in word)
        # A word of accents alone is another encoding's, except the short ones (à, é, où).
        foreign = ascii_fits and len(word) > 2 and not any(c < "\x7f" for c in word)
        sound += cased and fits and not foreign
    marks = [c for c in text if c > "\x7f" and not c.isalpha() and not c.isspace()]
    odd = sum(c not in common and c not in "«»–—“”‘’„…№©®°" for c in marks)
    return (sound + 1e-3) / (len(words) + odd + 1e-3)
