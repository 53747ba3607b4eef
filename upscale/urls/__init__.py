"""The addresses of board photos, one subject a file; config/urls.py mounts them."""
