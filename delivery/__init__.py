"""What was approved goes out: exports as ZIP, folder or bucket, with a manifest that agrees with the files."""
