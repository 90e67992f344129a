"""The processes that make up a running MasterApp: database, web, worker, demo host site, mail sink.

Nothing below this room knows that it exists; it starts the others through their commands.
"""
