"""The pages of the library: pictures, one picture, collections, pictures for a slide."""
