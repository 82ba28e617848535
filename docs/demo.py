"""Make a film of thirty seconds in an isolated Blender: all of its pictures, sounds and music are generated.

Run through `nox -s demo`; see the README. Nothing outside `build/demo` is written, no settings of yours are touched.
The film is cut below, in lines of the extension's own functions for scripts; `demo_footage.py` draws its only clip,
`demo_pictures.py` makes the movie and its pictures, and `demo_blender.py` has what is Blender's own.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

import demo_footage
import demo_pictures
from demo_blender import api, clock, footage, in_font, install, quieten, strips, text, timed, timeline

OUT = Path("build/demo").resolve()
FPS, LENGTH = 24, 720
#: The frames that shots begin at. Each begins earlier below the one before, where a transition leads to it.
SPACE, STONE, SUNSET, NIGHT, WALL, CLOUDS = 1, 112, 220, 342, 448, 560
BRUSH = SUNSET + 44  # begins to paint
SHOTS = {
    SPACE: "Title burns in a nebula",
    STONE: "Slate freezes to ice",
    SUNSET: "A clip, then painted in oil",
    NIGHT: "Its green screen, keyed",
    WALL: "Neon and fog on a wall",
    CLOUDS: "Wall burns; gold credits",
}
CAPTIONS = {
    (STONE + 14, SUNSET - 8): "Stone freezes to ice",
    (SUNSET + 8, SUNSET + 44): "A clip of a boat",
    (SUNSET + 62, NIGHT - 8): "As an oil painting",
    (NIGHT + 14, WALL - 6): "Under another sky",
}


def main() -> None:
    """Run the demo from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--movie", type=Path, help="a clip of yours to hang the neon sign over (default: a brick wall)")
    parser.add_argument("--height", type=int, default=360, help="of the film, px (default: 360; 1080 takes long)")
    parser.add_argument("--pictures", type=Path, default=OUT, help="folder for contact sheet and moving picture")
    options = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    quieten(OUT / "blender.log")
    os.environ["BLENDER_USER_RESOURCES"] = str(OUT / "blender")  # before bpy is imported
    with timed("start Blender, install the extension"):
        import bpy

        install(Path(os.environ["LATENT_STRIPS_ZIP"]))

    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = options.height * 16 // 9 // 2 * 2, options.height // 2 * 2
    scene.render.fps, scene.frame_start, scene.frame_end = FPS, 1, LENGTH
    scene.view_settings.view_transform = "Standard"  # as in Blender's template for video editing: colors as they are
    bpy.ops.wm.save_as_mainfile(filepath=str(OUT / "demo.blend"))
    cut(options.movie)
    bpy.ops.wm.save_mainfile()
    with timed(f"render {LENGTH} frames to a movie"):
        movie = demo_pictures.movie(scene, OUT / "demo.mp4")
    with timed("contact sheet and moving picture"):
        sheet = demo_pictures.sheet(movie, SHOTS, FPS, options.pictures / "film-sheet.jpg")
        moving = demo_pictures.moving(movie, SHOTS, options.pictures / "film.webp")
    for label, path in (
        ("project", OUT / "demo.blend"),
        ("movie", movie),
        ("contact sheet", sheet),
        ("moving picture", moving),
    ):
        print(f"{label:15}{path}", flush=True)


def cut(movie: Path | None) -> None:
    """Put the whole film on the timeline. Each line waits for what it makes."""
    with timed("a score that ends with the film, with an accent at each cut"):
        score = music()
    with timed("a title that burns, before a nebula"):
        space()
    with timed("slate that freezes to ice, in a cloud of ink"):
        stone()
    with timed("a boat at night, keyed out of its green screen, under stars and northern lights"):
        night()
    with timed("the boat at sunset, and as an oil painting"):
        sunset()
    with timed("fog, and a neon sign that follows the music, over " + ("your movie" if movie else "a brick wall")):
        wall(movie, score)
    with timed("burning paper, clouds, credits in gold"):
        credits()
    with timed("captions from a subtitle file"):
        captions()
    with timed("sounds at the cuts and in the shots"):
        sounds()


def music() -> Any:
    """Lay the score, high above the pictures."""
    for frame in list(SHOTS)[1:]:
        timeline().timeline_markers.new("cut", frame=frame)
    score = api().music(preset="Trailer Build", start=1, length=LENGTH, channel=20, loudness=-20.0, seed=1)
    api().accents(score)
    return score


def sounds() -> None:
    """Lay what is heard at the cuts and in the shots."""
    api().sounds_to_picture(preset="Whoosh for a Cut", length=30, loudness=-26.0)
    api().sound(preset="Trailer Hit", start=14, length=96, loudness=-20.0)
    api().sound(style="wind", start=SUNSET, length=WALL - SUNSET, loudness=-34.0, loop=False, attack=1.0)
    api().sound(preset="Night Rain Bed", start=WALL, length=CLOUDS + 12 - WALL)
    api().sound(style="fire", start=CLOUDS - 12, length=48, loudness=-26.0, loop=False, attack=0.2)


def space() -> None:
    """Show the film's title, burning, before a nebula."""
    nebula = api().texture(
        style="nebula", generator="grown_elements", start=1, length=STONE + 11, channel=1, seed=11,
        scale=2.2, speed=0.5, drift_x=-0.02, intensity=0.8, loop=False, scale_by="frame",
    )  # fmt: skip
    nebula.name = "Space"
    api().style_text(text("LATENT STRIPS", 12, 94, size=0.17), preset="Burning Title")


def stone() -> None:
    """Let ink spread over the nebula: slate, which freezes to ice by keyframes."""
    slate = api().texture(
        generator="photo_textures", style="slate", style_b="ice", start=STONE - 12, length=SUNSET + 12 - STONE,
        channel=2, seed=4, scale=3.5, intensity=1.15, speed=0.4, drift_x=0.03, loop=False, scale_by="frame",
    )  # fmt: skip
    slate.key("mix", {STONE + 18: 0.0, SUNSET - 24: 1.0})
    slate.regenerate()
    api().transition("Space", slate, preset="Ink Transition", seed=3)


def night() -> None:
    """Key the boat out of its green screen, before stars and northern lights."""
    begin, length = NIGHT - 12, WALL + 12 - NIGHT
    api().texture(style="blue_nebula", start=begin, length=length, channel=2, seed=2, scale=2.0, speed=0.0,
                  intensity=0.55, scale_by="frame")  # fmt: skip
    api().texture(
        preset="Northern Lights", start=begin, length=length, channel=3, seed=5, scale=2.4, intensity=1.2, loop=False
    )
    boat = footage("Boat at Night", 4, begin, drawn("night", length, screen=True))
    api().mask(boat, preset="Clean Green Screen Key", feather=0.7)


def sunset() -> None:
    """Show the boat at sunset, let a brush paint it in oil, and smoke lead to the night."""
    files = drawn("sunset", NIGHT + 12 - SUNSET, screen=False)
    boat = footage("Boat", 1, SUNSET, files[: BRUSH + 30 - SUNSET])
    later = footage("Boat, Later", 6, BRUSH, files[BRUSH - SUNSET :])
    painted = api().restyle(later, preset="Painted Memory", amount=1.0, knob_1=-1.0)  # with a small brush
    later.mute = True
    api().transition(boat, painted, preset="Brush Wipe", seed=2)
    api().transition(painted, side="OUT", style="smoke", softness=0.5, length=24, seed=2)


def drawn(name: str, frames: int, screen: bool) -> list[Path]:
    """Draw the clip of the boat in the film's size."""
    size = timeline().render.resolution_x, timeline().render.resolution_y
    return demo_footage.write(OUT / "footage" / name, frames, size, screen, FPS)


def wall(movie: Path | None, score: Any) -> None:
    """Hang a neon sign on a wall at night, with fog before it, and let it glow with the score."""
    length = CLOUDS + 12 - WALL
    if movie:
        footage("Wall", 1, WALL, [movie]).frame_final_duration = length
    else:
        bricks = api().texture(
            style="bricks", generator="latent_structures", start=WALL, length=length, channel=1, seed=6, scale=1.6,
            speed=0.0, intensity=0.6, scale_by="frame",
        )  # fmt: skip
        bricks.name = "Wall"
    fog = api().texture(
        preset="Low Fog", start=WALL, length=CLOUDS - 12 - WALL, channel=3, intensity=0.2, seed=8, scale=3.0, loop=False
    )
    api().transition(fog, side="OUT", style="smoke", softness=0.8, length=24)
    sign = text("OPEN ALL NIGHT", WALL + 8, CLOUDS - WALL - 12, size=0.15)
    (neon,) = api().style_text(sign, preset="Neon Sign", vanish="fade").overlays
    api().react(neon, "strength", to=score, measure="low", low=0.6, high=1.8)


def credits() -> None:
    """Burn the wall away over clouds; say what was shown; let smoke end the film with the score."""
    clouds = api().texture(
        preset="Drifting Clouds Behind Credits",
        start=CLOUDS - 12,
        length=LENGTH + 13 - CLOUDS,
        channel=2,
        seed=3,
        scale=3.0,
        intensity=0.95,
    )
    api().transition("Wall", clouds, style="paper", length=24, with_glow=True, seed=5)
    api().transition(clouds, side="OUT", style="smoke", softness=0.6, length=36, seed=6)
    made = text("Every frame, sound and note\nmade on one processor", CLOUDS + 16, 66, size=0.11)
    end = text("LATENT STRIPS", CLOUDS + 88, LENGTH - CLOUDS - 89, size=0.17)
    api().style_text([made, end], preset="Gold Lettering for Credits")


def captions() -> None:
    """Read the captions from a subtitle file, and style them."""
    cues = [
        f"{number}\n{clock(first)} --> {clock(last)}\n{words}\n"
        for number, ((first, last), words) in enumerate(CAPTIONS.items(), 1)
    ]
    file = OUT / "captions.srt"
    file.write_text("\n".join(cues), "utf-8")
    names = api().subtitles(None, file, channel=8).names
    for name in names:
        in_font(strips()[name], 0.075)
    api().style_text(names, preset="Readable Subtitles")


if __name__ == "__main__":
    main()
