"""What was typed is read: its words, times, names, numbers, pinyin and expressions."""
