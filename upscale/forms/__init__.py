"""The forms of board photos, one subject a file."""
