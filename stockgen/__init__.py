"""Stock generation: topics and concepts, runs, and the pictures that come out of them."""
