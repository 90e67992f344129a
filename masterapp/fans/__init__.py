"""The CRM: one row per fan, traits with their source, consents with their proof, export and erasure."""
