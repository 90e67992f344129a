"""Messages that leave: e-mail, sent by background jobs."""
