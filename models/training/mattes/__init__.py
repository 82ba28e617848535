"""The procedural mattes, and the pictures that the trained ones learn from."""
