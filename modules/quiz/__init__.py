"""The quiz: questions, a clock that the server keeps, and a score."""
