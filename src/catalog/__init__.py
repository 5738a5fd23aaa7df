"""System of record: what a resource is, how it comes in, is reviewed, changes and leaves."""
