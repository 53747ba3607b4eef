"""Durable work: rows are the truth, Huey only wakes. Lease, heartbeat, back-off, sweep, cancel, retry."""
