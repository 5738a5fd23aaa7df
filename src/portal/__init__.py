"""Everything that people and programs touch: settings, wiring, HTTP API, pages, command line and worker."""
