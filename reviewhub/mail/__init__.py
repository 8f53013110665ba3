"""Mail: outbox rows and their sending. The room that means a mail writes its text."""

from reviewhub.mail.posting import post_mail

__all__ = ["post_mail"]
