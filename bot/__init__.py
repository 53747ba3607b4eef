"""The Telegram bot: a program of its own that knows the site by its REST API alone."""
