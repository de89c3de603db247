"""Everything that knowledge can raise; each message says what, where, and what to do next."""


class KnowledgeError(Exception):
    """Something in the documents or the index went wrong."""


class DocumentError(KnowledgeError):
    """A document cannot be read: its front matter or text is broken."""


class IndexMissingError(KnowledgeError):
    """There is no published index yet."""


class IndexDamagedError(KnowledgeError):
    """The published index does not find what it holds."""


class StoreAwayError(KnowledgeError):
    """The Chroma server does not answer."""


class GoldenError(KnowledgeError):
    """A new index does not answer what it must."""


class RefusedFileError(KnowledgeError):
    """A file cannot be made into a document; the sentence says why and what to do, without the file's name."""


class IngestBusyError(KnowledgeError):
    """Another ingest is writing into the same folder."""
