"""The worker process, `python -m models.worker`: its loop and services, and the client that talks to it."""
