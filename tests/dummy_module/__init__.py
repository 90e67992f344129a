"""A folder of modules for the tests of the core, so that no core test depends on a real mechanic."""
