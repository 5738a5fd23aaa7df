"""The static embedding: a vector a token, summed; read with numpy alone, trained with torch."""
