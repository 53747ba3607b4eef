"""The pages of campaigns, one subject a file."""
