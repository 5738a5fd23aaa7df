"""What a list is made from: what was learnt, what is alike, popular and new."""
