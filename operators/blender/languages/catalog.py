"""The languages that ship: given to Blender, which translates labels and tooltips by itself.

A language is a file `LOCALE.json` beside this one, such as `zh_HANS.json`: English texts and their translations. `{}`
stands for what is filled in; a translation may number the fields to change their order: "{1} … {0}". An entry that
doesn't fit leaves English where it stands and is reported in the console.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

from ..preferences import ROOT
from .language import Language

FOLDER = Path(__file__).parent
#: The context of labels that Blender has in another sense, too: "Pitch" is a tone here and an angle there.
CONTEXT = "Latent Strips"
#: Where labels are looked up: those of operators have a context of their own in Blender, too.
CONTEXTS = "*", "Operator", CONTEXT

_languages: dict[str, Language] = {}


def translated(text: str) -> str:
    """Return a message in Blender's language, or as it is where it has no translation or that is switched off."""
    language = _languages.get(bpy.app.translations.locale or "")
    return language.translated(text) if language and bpy.context.preferences.view.use_translate_interface else text


def register() -> None:
    """Read the languages and hand them to Blender."""
    for path in sorted(FOLDER.glob("*.json")):
        _languages[path.stem] = Language.read(path)
        for text in _languages[path.stem].problems:
            print(f"Latent Strips: {path.name}: {text}", file=sys.stderr)
    entries = {
        locale: {(context, english): words for context in CONTEXTS for english, words in language.plain.items()}
        for locale, language in _languages.items()
    }
    bpy.app.translations.register(ROOT, entries)


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(ROOT)
    _languages.clear()
