"""What stops MasterApp from starting, told in one sentence that names the cure."""


class CannotRun(Exception):
    """Carries one sentence for the person at the keyboard; never shown with a traceback."""
