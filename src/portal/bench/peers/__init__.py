"""Other engines, measured beside ours on the same records and the same queries."""
