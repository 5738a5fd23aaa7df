"""What two resources have in common, by what their records declare and by their content."""
