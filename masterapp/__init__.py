"""MasterApp: one permanent base where a brand plays with its fans all year, and the games that plug into it."""
