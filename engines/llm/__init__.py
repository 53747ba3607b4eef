"""Language models: one protocol, run in this process by transformers or behind an endpoint."""
