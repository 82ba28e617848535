"""Training, export and evaluation of the generators, with torch. Never shipped, never imported by what ships."""

import os

from ..offline import QUIET

os.environ.update(QUIET)
