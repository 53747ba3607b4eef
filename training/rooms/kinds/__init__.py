"""What rooms and places of each kind are made of."""
