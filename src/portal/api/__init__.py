"""The HTTP API under `/v1`: JSON answers, problem+json errors, documented by OpenAPI."""
