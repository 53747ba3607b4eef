"""Photos of boards: decoding, geometry, enhancement, reading, and the gate that lets nothing worse pass."""
