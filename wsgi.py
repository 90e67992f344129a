"""The WSGI entry point: ``gunicorn wsgi:app``."""

from masterapp.app import create_app

app = create_app()
