"""Russian text into English words that a search by meaning understands."""
