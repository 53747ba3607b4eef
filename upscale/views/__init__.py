"""The pages of board photos, one subject a file."""
