"""The library: approved pictures found by what they mean, by filters, by likeness, and in collections."""
