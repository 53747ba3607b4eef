"""The database backend used when no DATABASE_URL is set: PostgreSQL, started on first use."""
