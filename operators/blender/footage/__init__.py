"""Strips that masks and restyles are made from: what they show, and rendering what only Blender can."""
