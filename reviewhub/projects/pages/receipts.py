"""The signed receipt of a frozen version, as a file."""

from flask import Response
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.projects.facts import project_facts
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pages.downloads import SEALED, attachment
from reviewhub.projects.receipt_keys import list_key, make_receipt
from reviewhub.web import current_actor, needs, now, reading, settings, writing


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/receipt-<int:sequence>.txt")
@needs(Action.READ_RECEIPT, project_facts)
def download_receipt(course: str, key: str, version: int, sequence: int) -> ResponseReturnValue:
    """A receipt to keep: text for people, with a signature that any machine can check."""
    with reading() as session:
        receipt = make_receipt(
            session,
            settings(),
            actor=current_actor(),
            now=now(),
            course=course,
            key=key,
            version=version,
            sequence=sequence,
        )
    if not receipt.is_listed:  # once in the life of a key
        with writing() as session:
            list_key(session, settings(), actor=current_actor(), now=now())
    headers = {"Content-Disposition": attachment(receipt.name), "Content-Security-Policy": SEALED}
    return Response(receipt.content, mimetype="text/plain", headers=headers)
