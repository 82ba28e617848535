"""What a click or a script does. Each module beside this one is one thing that a user does.

Nothing is imported here: the api imports `operators.blender`, and the operators the api. See `registration`.
"""
