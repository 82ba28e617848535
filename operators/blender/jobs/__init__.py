"""The one queue and timer, and the work that it does."""
