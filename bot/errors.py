"""Errors of the bot itself; each message says what, where, and what to do next."""


class BotError(Exception):
    """Something outside answering went wrong: settings, files, input."""


class DiskFullError(BotError):
    """No space left; what was published before is untouched."""


class InputError(BotError):
    """What was typed or sent cannot be taken as it is."""


class SetupError(BotError):
    """A part that answering needs has not been built yet."""


class UnknownGenerationError(BotError):
    """No finished generation has this name."""
