"""The interface in other languages, a JSON file for each.

`catalog` gives labels and tooltips to Blender, which translates them by itself, and translates what is put together
while Blender runs, such as errors with their numbers. `wrapping` breaks messages into lines.
"""
