"""How a campaign steers: what it knows of its cells, what it renders next, and when it asks for help."""
