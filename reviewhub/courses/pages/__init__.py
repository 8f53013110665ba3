"""Pages of the course: its people, its groups, its rules, its file and its extensions."""

from flask import Blueprint

blueprint = Blueprint("courses", __name__)

# The pages hang themselves onto the blueprint.
from reviewhub.courses.pages import extensions, groups, importing, looking, people, settings  # noqa: E402, F401
