"""The dashboard of stock generation: a view parses, calls one verb of the models, renders."""
