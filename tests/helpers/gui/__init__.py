"""A window of Blender that tests drive by mouse and keyboard, and the script that runs inside it."""
