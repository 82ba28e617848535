"""The procedural *Elements*: their network and its styles."""
