"""The dashboard of stock generation. A view parses, calls one verb or adjective of the models, and renders."""
