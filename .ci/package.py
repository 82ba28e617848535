"""Build the extension: a zip for each platform and Python of Blender, a release of them all, or one for your Blender.

    python .ci/package.py wheels  [--here | --platform linux-x64] [--python 3.14]
    python .ci/package.py build   [--here | --platform linux-x64] [--python 3.14]
    python .ci/package.py release
    python .ci/package.py install [--blender COMMAND ...]

`build` and `release` need a Python that has Blender's `bpy` (any supported version), whose own extension tool does the
work; `install` uses the Blender that it installs into. The zips go to `build/` and the wheels to `wheels/`; no tracked
file changes. A zip that is up to date is left alone. The last lines that `build` prints are the paths of the zips.
"""

from __future__ import annotations

import argparse
import sys

from install import install
from release import release
from target import PLATFORMS, PackageError, Target, official_targets, platform_here, python_here
from zips import build, download, weigh


def main() -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("wheels", "build"):
        command = commands.add_parser(name)
        where = command.add_mutually_exclusive_group()
        where.add_argument("--here", action="store_true", help="only for this platform and this Python")
        where.add_argument("--platform", choices=PLATFORMS, help="only for this platform")
        command.add_argument("--python", metavar="X.Y", help="for a Blender of any version built with this Python")
    commands.add_parser("release")
    command = commands.add_parser("install")
    command.add_argument("--blender", nargs="+", default=["blender"], metavar="WORD", help="what starts your Blender")
    args = parser.parse_args()
    try:
        if args.command == "install":
            print(install(args.blender))
        elif args.command == "release":
            print(*release(), sep="\n")
        elif args.command == "build":
            zips = [build(target) for target in targets(args)]
            print(*(line for path in zips for line in weigh(path)), *zips, sep="\n")
        else:
            for target in targets(args):
                download(target)
    except PackageError as error:
        print(f"package.py: {error}", file=sys.stderr)
        return 1
    return 0


def targets(args: argparse.Namespace) -> list[Target]:
    """Return which zips the arguments ask for."""
    platforms = [platform_here()] if args.here else [args.platform] if args.platform else list(PLATFORMS)
    if args.python:
        return [Target(platform, args.python, official=False) for platform in platforms]
    return [Target(platforms[0], python_here())] if args.here else official_targets(platforms)


if __name__ == "__main__":
    sys.exit(main())
