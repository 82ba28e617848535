"""What is being made."""

from __future__ import annotations

import textwrap

import bpy

from ..operators.blender.jobs import live
from ..operators.blender.jobs.job import Job
from ..operators.blender.text import overlays
from .sidebar import Sidebar

_WORDS = {"done": "Done", "canceled": "Canceled", "failed": "Failed", "waiting": "Waiting"}


class LATENT_STRIPS_PT_queue(Sidebar, bpy.types.Panel):
    """Jobs that run, wait or have ended"""

    bl_label = "Queue"

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw a row for each job."""
        layout = self.layout
        for job in live.queue.jobs:
            _draw_job(layout, job)
        if waiting := overlays.waiting():
            layout.label(text=f"{waiting} more texts queued", icon="TIME")
        if not live.queue.jobs:
            layout.label(text="Nothing in the queue", icon="INFO")
        elif len(live.queue.unfinished()) > 1:
            layout.operator("latent_strips.cancel", text="Cancel All")
        row = layout.row()
        row.operator("latent_strips.cache_clean", icon="TRASH")


def _draw_job(layout: bpy.types.UILayout, job: Job) -> None:
    column = layout.column(align=True)
    row = column.row(align=True)
    if job.state == "running":
        part = job.done / job.total if job.total else 0.0
        row.progress(factor=part, text=f"{job.title}  {part:.0%}")
    else:
        icon = {"done": "CHECKMARK", "failed": "ERROR", "waiting": "TIME"}.get(job.state, "X")
        row.label(text=f"{job.title}: {_WORDS[job.state]}", icon=icon)
    row.operator("latent_strips.cancel", text="", icon="X").job = job.id
    if job.state == "running":
        for line in textwrap.wrap(job.progress(), 40):
            column.label(text=line)
        for line in textwrap.wrap(f"Computed by {job.provider}", 40) if job.provider else ():
            column.label(text=line)
    if job.state == "failed":
        for line in textwrap.wrap(str(job.error), 40):
            column.label(text=line)


CLASSES = (LATENT_STRIPS_PT_queue,)
