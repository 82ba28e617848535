"""What is being made, waits or went wrong. There is nothing to see otherwise."""

from __future__ import annotations

import bpy

from ..operators.blender import compat
from ..operators.blender.custom_properties import STRIP_ID, stored_text
from ..operators.blender.jobs import live
from ..operators.blender.jobs.job import Job
from ..operators.blender.languages.catalog import CONTEXT, translated
from ..operators.blender.library import imports
from ..operators.blender.text import overlays
from ..operators.blender.timeline import strips
from .sidebar import Sidebar, draw_lines

#: As many jobs are listed.
MOST = 8


def _listed(context: bpy.types.Context) -> list[Job]:
    """Return the jobs that go on or failed, but for that of the active strip, which has its bar there."""
    strip = compat.active_strip(compat.sequencer_scene(context))
    id = stored_text(strip, STRIP_ID) if strips.is_latent(strip) else ""
    return [
        job for job in live.queue.jobs if job.state == "failed" or (job.unfinished and not (id and job.strip == id))
    ]


class LATENT_STRIPS_PT_progress(Sidebar, bpy.types.Panel):
    """Jobs that run, wait or have failed"""

    bl_label = "Progress"
    bl_translation_context = CONTEXT

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether there is anything to see."""
        return bool(_listed(context) or overlays.waiting() or imports.importing())

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a row for each job."""
        layout = self.layout
        jobs = _listed(context)
        for job in jobs[:MOST]:
            _draw_job(layout, context, job)
        if more := len(jobs[MOST:]) + overlays.waiting():
            layout.label(text=translated(f"{more} more queued"), icon="TIME")
        if len(live.queue.unfinished()) > 1:
            layout.operator("latent_strips.cancel", text="Cancel All")


def draw_bar(layout: bpy.types.UILayout, job: Job) -> None:
    """Draw a bar that says how far a job is, and a button that stops it."""
    row = layout.row(align=True)
    row.progress(factor=job.done / job.total if job.total else 0.0, text=translated(job.progress()))
    row.operator("latent_strips.cancel", text="", icon="X").job = job.id


def _draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    column = layout.column(align=True)
    if job.state == "running":
        column.label(text=job.title)
        draw_bar(column, job)
        return
    row = column.row(align=True)
    row.label(text=job.title, icon={"failed": "ERROR", "waiting": "TIME"}.get(job.state, "X"))
    row.operator("latent_strips.cancel", text="", icon="X").job = job.id
    if job.state == "failed":
        draw_lines(column, context, str(job.error), "BLANK1")


CLASSES = (LATENT_STRIPS_PT_progress,)
