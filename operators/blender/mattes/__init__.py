"""Mattes, masks and transitions on the timeline."""
