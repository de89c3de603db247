"""Everything that measuring can raise; each message says what, where, and what to do next."""


class ToolsError(Exception):
    """Something in the merchant's data, the catalog or an import went wrong."""


class NotFoundError(ToolsError):
    """No such merchant within reach: unknown and not yours read the same."""


class DataMissingError(ToolsError):
    """The data directory, a table or a snapshot is not there yet."""


class CatalogError(ToolsError):
    """The metric catalog is broken or names something that does not exist."""


class EngineError(ToolsError):
    """The engine that should compute is not installed, not reachable, or gave up."""


class MappingError(ToolsError):
    """A mapping or a source file cannot be read."""


class DiskError(ToolsError):
    """Nothing could be written; what was there before is untouched."""
