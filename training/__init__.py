"""How the board model is made: boards drawn and photographed by code, networks, training."""
