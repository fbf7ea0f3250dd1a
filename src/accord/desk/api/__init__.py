"""The desk for programs: the same verbs as JSON under `/api/v1`, described by OpenAPI, let in by scoped tokens."""

from accord.desk.api.door import ROOT, absent, openapi, routes
from accord.desk.api.endpoint import Endpoint
from accord.desk.api.endpoints import ENDPOINTS

__all__ = ["ENDPOINTS", "ROOT", "Endpoint", "absent", "openapi", "routes"]
