"""The demo: a fictional football club and its sports shops, with a year of life written into the database."""
