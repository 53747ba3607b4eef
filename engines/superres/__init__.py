"""Super-resolution: Real-ESRGAN's networks, their weights, and tiles that leave no trace."""
