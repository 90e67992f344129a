"""What every test may use: the fixtures of the shipped test kit."""

pytest_plugins = [
    "masterapp.testing.postgres",
    "masterapp.testing.app",
    "masterapp.testing.factories",
    "masterapp.testing.mail",
    "masterapp.testing.browser",
    "masterapp.testing.club",
    "masterapp.testing.game_page",
    "masterapp.testing.desk",
    "masterapp.testing.draws",
]
