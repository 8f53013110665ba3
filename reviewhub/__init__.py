"""ReviewHub runs the project half of a course: from the first push to the last point of the grade."""

__version__ = "0.1.0"
