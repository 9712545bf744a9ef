# Two cards share their points, and part again with their own.
