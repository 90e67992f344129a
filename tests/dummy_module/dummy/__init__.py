"""A module that does whatever the move asks for."""
