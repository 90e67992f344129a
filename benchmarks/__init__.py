"""What ``make bench`` runs: real servers on a real PostgreSQL, beside pgbench running the same SQL."""
