"""Archives whose every byte is known from the names, sizes and checksums of what is in them."""
