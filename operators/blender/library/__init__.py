"""The user's generators inside Blender: importing, thumbnails, checks."""
