"""Text-to-image: any diffusers pipeline, a generator per picture, metadata in the PNG."""
