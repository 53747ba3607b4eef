"""What the templates of board photos need."""
