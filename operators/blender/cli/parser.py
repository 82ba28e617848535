"""Commands and options from what the operators declare: names, descriptions, defaults, choices and ranges."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import bpy

from .examples import EXAMPLES

PROGRAM = "blender FILE.blend --command latent_strips"
#: Operators for what is seen or heard in a window only, and those that have a command of their own.
_LEFT_OUT = {
    "audition", "audition_stop", "cancel", "doctor", "doctor_fix", "gallery", "gallery_favorite", "gallery_pick",
    "generator_play", "preset_apply", "preset_remove", "preset_rename", "preset_reset", "preset_save",
}  # fmt: skip
#: Commands that are called otherwise than their operator, and old names of commands.
_NAMES = {"generator_import": "import"}
_ALIASES = {"texture": ["make"]}
#: Properties that file browsers, dialogs and the options that all commands have take the place of.
_NOT_OPTIONS = {"rna_type", "filter_glob", "directory", "before", "scope"}
#: How many files a command takes; all others that take any take one.
_FILES = {"generator_import": "+", "midi_export": "?"}
#: Without --select these work on all strips that they are for; all others on those that are selected in the file.
_ALL = {"text_style"}
#: Types of properties that no option can give.
_LISTS = {"COLLECTION", "POINTER"}
_WIDEST = 1e9
_EXIT_CODES = """exit codes:
  0  done
  1  failed, or something was found damaged, missing or changed
  2  wrong arguments
  3  this machine can't: a generator, a font, footage or audio is missing
  4  there is no such .blend file"""


def commands() -> dict[str, str]:
    """Return the operator behind each command, by the command's name."""
    found = [name for name in dir(bpy.ops.latent_strips) if name not in _LEFT_OUT]
    return {_NAMES.get(name, name.removesuffix("_add").replace("_", "-")): name for name in found}


def needs_file(operator: str) -> bool:
    """Whether a command is for a .blend file, not for the library of generators or the presets."""
    return not operator.startswith(("generator_", "preset_"))


def build(own: dict[str, tuple[str, Callable[[], int]]]) -> argparse.ArgumentParser:
    """Return the parser. `own` are commands without an operator: what they do in words, and the function that does it.

    Parsed options have `operator`, its properties that were given in `given`, and `own`.
    """
    parser = _parser(argparse.ArgumentParser, prog=PROGRAM, description="Make, verify and regenerate generated strips.")
    parser.epilog = f"{_EXIT_CODES}\n\nOptions of a command: {PROGRAM} COMMAND --help"
    made = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for name, operator in commands().items():
        rna = rna_of(operator)
        about = rna.description or rna.name
        command = _parser(made.add_parser, name, help=about, description=f"{about}.", aliases=_ALIASES.get(name, []))
        command.epilog = example(name)
        command.set_defaults(operator=operator, own=None)
        _options(command, operator)
    for name, (about, function) in own.items():
        command = _parser(made.add_parser, name, help=about, description=f"{about}.")
        command.epilog = example(name)
        command.set_defaults(operator="", own=function)
    return parser


def rna_of(operator: str) -> Any:
    """Return what Blender knows of an operator."""
    return getattr(bpy.ops.latent_strips, operator).get_rna_type()


def example(name: str) -> str:
    """Return the example in a command's help."""
    words = EXAMPLES.get(name, name)
    operator = commands().get(name, "")
    program = PROGRAM if operator and needs_file(operator) else PROGRAM.replace(" FILE.blend", "")
    return f"example:\n  {program} {words}"


def given(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield the properties that were given, once for each file where a command takes several."""
    names = {each.identifier for each in rna_of(options.operator).properties}
    found = {name: value for name, value in vars(options).items() if name in names and name != "filepath"}
    files = getattr(options, "filepath", None)
    for file in files if isinstance(files, list) else [files]:
        yield {**found, "filepath": file} if file is not None else found


def works_on_all(operator: str) -> bool:
    """Whether a command without --select works on all strips."""
    return operator in _ALL or has_scope(operator)


def has_scope(operator: str) -> bool:
    """Whether an operator can be told to work on all strips."""
    return "scope" in rna_of(operator).properties


def _parser(make: Callable[..., Any], *args: Any, **more: Any) -> Any:
    more = {name: value.replace("%", "%%") if name == "help" else value for name, value in more.items()}
    return make(*args, formatter_class=argparse.RawDescriptionHelpFormatter, **more)


def _options(command: argparse.ArgumentParser, operator: str) -> None:
    for each in rna_of(operator).properties:
        if each.identifier == "filepath":
            command.add_argument("filepath", metavar="FILE", nargs=_FILES.get(operator), help=_about(each))
        elif not (each.identifier in _NOT_OPTIONS or each.identifier.endswith("_menu") or each.type in _LISTS):
            _option(command, each)
    if needs_file(operator):
        default = "all that it can work on" if works_on_all(operator) else "those selected in the file"
        command.add_argument("--scene", metavar="NAME", help="scene to work in (default: the current one)")
        command.add_argument(
            "--select", nargs="+", metavar="STRIP", help=f"names of the strips to work on (default: {default})"
        )
        command.add_argument("--save", action="store_true", help="save the .blend file afterwards")


def _option(command: argparse.ArgumentParser, each: Any) -> None:
    how: dict[str, Any] = {"help": _about(each), "default": argparse.SUPPRESS, "dest": each.identifier}
    if each.type == "BOOLEAN":
        how["action"] = argparse.BooleanOptionalAction
    elif each.type == "ENUM":
        names = [item.identifier for item in each.enum_items]
        how |= {"choices": names} if names else {"metavar": "NAME"}
    elif each.type in ("INT", "FLOAT"):
        how |= {"type": _number(each), "metavar": "N" if each.type == "INT" else "X"}
    else:
        how["metavar"] = "TEXT"
    command.add_argument(f"--{each.identifier.replace('_', '-')}", **how)


def _about(each: Any) -> str:
    """Return an option's help: its description, its range and its default."""
    words = [each.description or each.name]
    facts = []
    if each.type in ("INT", "FLOAT"):
        if each.soft_max < _WIDEST:
            facts.append(f"usually {each.soft_min:.6g} to {each.soft_max:.6g}")
        facts.append(f"default: {each.default:.6g}")
    elif each.type == "BOOLEAN":
        facts.append(f"default: {'yes' if each.default else 'no'}")
    elif (each.type != "ENUM" or each.enum_items) and each.default:  # a menu that is filled later has no default yet
        facts.append(f"default: {each.default}")
    return "".join([*words, f" ({'; '.join(facts)})" if facts else ""]).replace("%", "%%")


def _number(each: Any) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = int(text) if each.type == "INT" else float(text)
        if not each.hard_min <= value <= each.hard_max:
            raise argparse.ArgumentTypeError(f"{text} is outside {each.hard_min:g} to {each.hard_max:g}")
        return value

    number.__name__ = "whole number" if each.type == "INT" else "number"
    return number
