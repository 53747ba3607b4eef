"""The pages of the studio, one subject a file."""
