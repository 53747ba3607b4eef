"""The forms of stock generation, one subject a file."""
