"""The blueprint all pages of this room register with."""

from flask import Blueprint

blueprint = Blueprint("reviews", __name__)
