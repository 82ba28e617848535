"""Presets inside Blender: where the user's are kept, and how their settings come from and to a panel or a strip."""
