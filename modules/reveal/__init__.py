"""Reveal: a picture that sharpens as the crowd plays, and a guess worth more the earlier it comes."""
