"""`reviewhub sign-in-link EMAIL`: a one-time link without mail, for the first administrator."""

import click
from sqlalchemy import select

from reviewhub.accounts.signing_in import make_link
from reviewhub.accounts.tables import User
from reviewhub.cli.ground import open_ground


@click.command("sign-in-link")
@click.argument("email")
@click.option("--administrator", is_flag=True, help="Make this person an administrator of the installation.")
@click.option("--name", default="", help="The name of a person who is new here.")
@click.pass_obj
def sign_in_link(config_file: object, email: str, name: str, *, administrator: bool) -> None:
    """Print a one-time sign-in link for EMAIL, and make the person known where they are new."""
    ground = open_ground(config_file)
    with ground.database.writing() as session:
        now = ground.clock()
        user = session.scalar(select(User).where(User.email == email.strip().lower()))
        if user is None:
            user = User(email=email.strip().lower(), name=name or email.split("@", maxsplit=1)[0], created_at=now)
            session.add(user)
            session.flush()
        user.is_administrator = user.is_administrator or administrator
        secret = make_link(session, user=user, now=now, settings=ground.settings.sign_in)
    click.echo(f"{ground.settings.server.base_url}/sign-in/{secret}")
