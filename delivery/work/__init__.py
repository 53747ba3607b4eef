"""The part of the app that reads and writes pictures; it runs in the worker, and only it imports the networks."""
