"""The game modules that come with MasterApp: one folder, one mechanic."""
