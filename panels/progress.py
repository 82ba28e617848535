"""What is being made, waits or went wrong. There is nothing to see otherwise."""

from __future__ import annotations

import bpy

from ..operators.blender import compat
from ..operators.blender.custom_properties import STRIP_ID, stored_text
from ..operators.blender.jobs import live
from ..operators.blender.jobs.job import Job
from ..operators.blender.languages.catalog import translated
from ..operators.blender.text import overlays
from ..operators.blender.timeline import strips
from .sidebar import draw_lines

#: As many jobs are listed.
MOST = 8


def _listed(context: bpy.types.Context) -> list[Job]:
    """Return the jobs that go on or failed, but for that of the active strip, which has its bar there."""
    strip = compat.active_strip(compat.sequencer_scene(context))
    id = stored_text(strip, STRIP_ID) if strips.is_latent(strip) else ""
    return [
        job for job in live.queue.jobs if job.state == "failed" or (job.unfinished and not (id and job.strip == id))
    ]


def draw(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Draw a row for each job, and nothing where there is none."""
    jobs = _listed(context)
    more = len(jobs[MOST:]) + overlays.waiting()
    if not jobs and not more:
        return
    box = layout.box()
    for job in jobs[:MOST]:
        _draw_job(box, context, job)
    if more:
        box.label(text=translated(f"{more} more queued"), icon="TIME")
    if len(live.queue.unfinished()) > 1:
        box.operator("latent_strips.cancel", text="Cancel All")


def draw_bar(layout: bpy.types.UILayout, job: Job) -> None:
    """Draw a bar that says how far a job is, and a button that stops it."""
    row = layout.row(align=True)
    row.progress(factor=job.done / job.total if job.total else 0.0, text=translated(job.progress()))
    row.operator("latent_strips.cancel", text="", icon="X").job = job.id


def _draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    column = layout.column(align=True)
    if job.state == "running":
        column.label(text=translated(job.title))
        draw_bar(column, job)
        return
    row = column.row(align=True)
    row.label(text=translated(job.title), icon={"failed": "ERROR", "waiting": "TIME"}.get(job.state, "X"))
    row.operator("latent_strips.cancel", text="", icon="X").job = job.id
    if job.state == "failed":
        draw_lines(column, context, str(job.error), "BLANK1")
