"""The WSGI entry point: ``granian --interface wsgi wsgi:app``."""

import gc

from masterapp.app import create_app

app = create_app()

# What was built at the start lives as long as the process: the garbage collector need not look at it again.
gc.collect()
gc.freeze()
