"""A ruler that sees: made pictures against a photograph, through networks that have learned to see."""
