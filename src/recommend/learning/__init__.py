"""What is learnt from use: co-use, and what content adds to it, in a table by versions."""
