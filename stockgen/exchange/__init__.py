"""The studio as one file: topics, concepts, additions and reasons, written and read back."""
