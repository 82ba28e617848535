"""The gallery inside Blender: its tiles, what is shown of them now, and what its user likes and has used."""
