"""What answering itself can raise."""


class AnsweringError(Exception):
    """The flow was wired or fed wrongly; the message says which part."""
