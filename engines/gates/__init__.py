"""Warnings before a person looks: what a picture can be doubted for, with the evidence. No torch."""
