"""From a topic and a concept to locations, and from locations to image prompts."""
