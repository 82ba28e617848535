"""The harness itself: a click of the mouse presses a button, and a key reaches Blender. No extension is involved."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.gui.window import Window

PANEL = """
class HARNESS_OT_press(bpy.types.Operator):
    bl_idname = "harness.press"
    bl_label = "Press me"

    def execute(self, context):
        self.timer = context.window_manager.event_timer_add(0.1, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    invoke = lambda self, context, event: self.execute(context)

    def modal(self, context, event):
        return {"CANCELLED"} if event.type == "ESC" else {"PASS_THROUGH"}

class HARNESS_PT_panel(bpy.types.Panel):
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Harness"
    bl_label = "Harness"

    def draw(self, context):
        self.layout.prop(context.scene, "frame_start")
        self.layout.operator("harness.press")

bpy.utils.register_class(HARNESS_OT_press)
bpy.utils.register_class(HARNESS_PT_panel)
"""


def test_a_click_presses_and_a_key_cancels(blender_command: list[str], tmp_path: Path, screenshots: Path) -> None:
    with Window(blender_command, tmp_path, "Harness") as window:
        window.wait(lambda state: True, "Blender started", 90)
        window.python(PANEL)
        window.ready()
        window.press("harness.press")
        window.wait(lambda state: "HARNESS_OT_press" in state["modal"], "the button's operator ran", 5)
        window.screenshot(screenshots / "harness.png")
        window.key("Escape")
        window.wait(lambda state: not state["modal"], "Esc canceled it", 5)
