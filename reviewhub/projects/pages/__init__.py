"""Pages of the repository, of the projects and of the files of their versions."""

from flask import Blueprint

blueprint = Blueprint("projects", __name__)

# The pages hang themselves onto the blueprint.
from reviewhub.projects.pages import (  # noqa: E402, F401
    comparing,
    downloads,
    files,
    histories,
    kept,
    preparing,
    projects,
    pushes,
    receipts,
    repository,
    versions,
)
