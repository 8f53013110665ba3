"""Mail: outbox rows and their sending. The room that means a mail writes its text."""

from reviewhub.mail.posting import count_left, post_mail, take_back_mails

__all__ = ["count_left", "post_mail", "take_back_mails"]
