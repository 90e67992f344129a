"""THE road: one move of one fan is one transaction."""
