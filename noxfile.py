"""The commands of this project: `nox -s demo`, `nox -s quick`, `nox -s tests`, and the parts of the latter.

`nox --list` shows them all. Words after `--` go to the command inside: `nox -s models-3.13 -- -k loop`.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

# Blender's versions, as PyPI's `bpy`, and the Python that each is made for.
BLENDERS = [("3.11", "4.2.23"), ("3.11", "4.5.15"), ("3.11", "5.0.1"), ("3.13", "5.2.3")]
# The long-term release for each Python, for what one Blender is enough for.
BPY = {"3.11": "4.5.15", "3.13": "5.2.3"}
# The Blenders with Python 3.11 hold NumPy 1.26; the later ones hold NumPy 2.
NUMPY = {"3.11": "numpy==1.26.*", "3.13": "numpy==2.*"}
# Two processes, each of which keeps the fixtures of a file. In Blender it is `side_by_side` (see tests/conftest.py).
TWO_AT_ONCE = ["--numprocesses=2", "--dist=loadscope"]
PROJECT = nox.project.load_toml("pyproject.toml")
REPORTS = Path("build/reports").absolute()
RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"
# In the newest of both, all tests run; in the others those that could give another result there (tests/conftest.py).
NEWEST = BLENDERS[-1]
# Where one Python will do, the one that runs nox saves looking for another.
ANY = RUNNING if RUNNING in BPY else "3.13"

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.download_python = "never"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests"]

# What is imported is compiled then; to compile all that is installed takes more than half of an environment's time.
os.environ["PIP_COMPILE"] = "0"

# Pythons that pyenv keeps but hasn't made the default can't be started by the `python3.13` that it puts on the PATH.
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
for found in sorted(folder for python in BPY for folder in PYENV.glob(f"versions/{python}*/bin")):
    os.environ["PATH"] += os.pathsep + str(found)


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group of pyproject.toml."""
    return list(nox.project.dependency_groups(PROJECT, name))


def built_zip(session: nox.Session, *args: str) -> str:
    """Build the extension for this platform and the session's Python, if it isn't up to date; return the zip's path."""
    printed = session.run("python", ".ci/package.py", "build", "--here", *args, silent=True)
    return str(printed).strip().splitlines()[-1]


def pytest(session: nox.Session, *words: str, **env: str) -> None:
    """Run the tests of some folders and leave a report for whoever counts them."""
    report = REPORTS / f"{session.name.replace('(', '-').replace(')', '')}.xml"
    session.run("pytest", *words, f"--junitxml={report}", *session.posargs, env=env)


def side_by_side(session: nox.Session, *words: str, **env: str) -> None:
    """Run the tests of some folders in two processes, unless only some of them are asked for."""
    if session.posargs:
        return pytest(session, *words, **env)

    def run(share: str) -> object:
        report = REPORTS / f"{session.name.replace('(', '-').replace(')', '')}-{share[0]}.xml"
        command = ("pytest", *words, "--share", share, f"--junitxml={report}")
        return session.run(*command, env=env, silent=True)  # what a failed one says is shown by nox

    with ThreadPoolExecutor() as pool:
        for said in list(pool.map(run, ("1/2", "2/2"))):
            session.log(str(said).strip().splitlines()[-1])


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """Run all that CI runs."""
    session.notify("lint")
    session.notify("package")
    for python in BPY:
        session.notify(f"models-{python}")
    for _, bpy in BLENDERS:
        session.notify(f"blender({bpy})")
    session.notify("gui")


@nox.session(python=False)
def quick(session: nox.Session) -> None:
    """Tell in minutes whether a change is right: lint, each test once on one Python, and a strip in one Blender."""
    session.notify("lint")
    session.notify("package", ["--quick"])
    session.notify(f"models-{NEWEST[0]}", ["--quick"])
    session.notify(f"blender({NEWEST[1]})", ["-m", "smoke"])


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and types."""
    session.install(*group("lint"), *group("runtime"), "nox", "numpy==2.3.*", "pillow")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy", "noxfile.py", ".ci")
    # Inside Blender the root is a package that others import relatively: a link gives it the same name in every clone.
    link = Path(session.create_tmp(), "latent_strips")
    if not link.is_symlink():
        link.symlink_to(Path.cwd(), target_is_directory=True)
    packages = [f"-p=latent_strips.{name}" for name in ("api", "models", "operators", "panels")]
    session.run("mypy", *packages, "-m=latent_strips", env={"MYPYPATH": str(link.parent)})


@nox.session(python=list(BPY))
def models(session: nox.Session) -> None:
    """Test all that needs no Blender; on Python 3.11 the training too."""
    session.install(NUMPY[str(session.python)], *group("models"))
    words = ["tests/models", *TWO_AT_ONCE]
    if session.python != NEWEST[0]:
        words += ["-m", "not one_python"]
    if session.python == "3.11":  # one is enough: torch is large
        session.install(NUMPY["3.11"], *group("training"))
        words.append("tests/training")
    pytest(session, *words)


@nox.session(python=ANY)
def fuzz(session: nox.Session) -> None:
    """Try a million bad inputs on all that reads untrusted files; `nox -s fuzz -- --inputs 10000` fewer."""
    session.install(NUMPY[ANY], *group("models"))
    session.run("python", "-m", "tests.helpers.fuzz", *session.posargs)


@nox.session
@nox.parametrize(["python", "bpy"], BLENDERS, ids=[bpy for _, bpy in BLENDERS])
def blender(session: nox.Session, bpy: str) -> None:
    """Test inside one version of Blender without a window."""
    session.install(f"bpy=={bpy}", *group("runtime"), *group("test"))
    chosen = [] if bpy == NEWEST[1] else ["-m", "not one_blender"]
    side_by_side(session, "tests/blender", *chosen, LATENT_STRIPS_ZIP=built_zip(session))


@nox.session(python=ANY)
def package(session: nox.Session) -> None:
    """Test the built zip, and which module may import which."""
    session.install(f"bpy=={BPY[ANY]}", *group("test"))
    pytest(session, "tests/package", LATENT_STRIPS_ZIP=built_zip(session))


@nox.session(python=ANY)
def gui(session: nox.Session) -> None:
    """Test in a real window: of the Blender that LATENT_STRIPS_BLENDER names (a command), or else of `blender`."""
    session.install(f"bpy=={BPY[ANY]}", *group("test"))
    pytest(session, "tests/gui")


@nox.session(python=ANY)
def build(session: nox.Session) -> None:
    """Build zips into build/, by default of all platforms and Pythons: `nox -s build -- --platform windows-x64`."""
    session.install(f"bpy=={BPY[ANY]}")
    session.run("python", ".ci/package.py", "build", *session.posargs)


@nox.session(python=ANY)
def release(session: nox.Session) -> None:
    """Gather all zips in build/release, with checksums, as a repository that Blender installs from."""
    session.install(f"bpy=={BPY[ANY]}")
    session.run("python", ".ci/package.py", "release")


@nox.session
def install(session: nox.Session) -> None:
    """Build the extension for your own Blender and install it there: `nox -s install -- --blender PATH`."""
    session.run("python", ".ci/package.py", "install", *session.posargs)


@nox.session(python=ANY)
def demo(session: nox.Session) -> None:
    """Make a film of thirty seconds in an isolated Blender; `nox -s demo -- --help` tells the options."""
    session.install(f"bpy=={BPY[ANY]}")
    session.run("python", "docs/demo.py", *session.posargs, env={"LATENT_STRIPS_ZIP": built_zip(session)})


@nox.session(python=ANY)
def bench(session: nox.Session) -> None:
    """Measure speed and memory; prints one JSON line per figure."""
    session.install(NUMPY[ANY], f"bpy=={BPY[ANY]}", *group("runtime"), *group("training"))
    session.run("python", "-m", "models.training.evaluation.bench_textures", *session.posargs)
    session.run("python", "docs/responsiveness.py")
    session.run("python", "docs/quick_look.py")


@nox.session(python=ANY)
def train(session: nox.Session) -> None:
    """Train a generator: `nox -s train -- SET.toml --data FOLDER --out FOLDER`."""
    session.install(NUMPY[ANY], *group("training"))
    session.run("python", "-m", "models.training.textures.train", *session.posargs)


@nox.session(python=ANY)
def evaluate(session: nox.Session) -> None:
    """Measure all texture generators and remake docs/textures.md: `nox -s evaluate -- --data FOLDER`."""
    session.install(NUMPY[ANY], *group("runtime"), *group("training"))
    session.run("python", "-m", "models.training.evaluation.evaluate", *session.posargs)


@nox.session(python=ANY)
def pictures(session: nox.Session) -> None:
    """Remake pictures of the documentation; `nox -s pictures -- FOOTAGE` those of the restyle filters too."""
    session.install(NUMPY[ANY], *group("runtime"))
    session.run("python", "docs/pictures.py", *session.posargs)


@nox.session(python=ANY)
def gallery(session: nox.Session) -> None:
    """Remake the pictures of styles and presets that ship; `nox -s gallery -- --help` tells the options."""
    session.install(NUMPY[ANY], f"bpy=={BPY[ANY]}", *group("runtime"))
    session.run("python", "docs/gallery.py", *session.posargs)


@nox.session(python=ANY)
def window(session: nox.Session) -> None:
    """Photograph the steps of a first film in a real window; `nox -s window -- zh_HANS` those in one language."""
    session.install(f"bpy=={BPY[ANY]}")
    session.run("python", "docs/window.py", *session.posargs)
