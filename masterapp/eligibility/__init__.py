"""Who may play and win: exclusion lists, verdicts with reason codes, and the count of refusals."""
