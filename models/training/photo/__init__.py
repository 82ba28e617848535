"""The shipped textures from photographs: which ones, and how they are made into a generator."""
