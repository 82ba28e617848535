"""The Blender side that operators and panels share."""
