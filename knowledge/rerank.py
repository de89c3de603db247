"""A reranker of LangChain's behind the search; off unless a library is opened with one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.documents import BaseDocumentCompressor

DEPTH = 20  # passages that a reranker reads
_PLACE = "place"


class CompressorReranker:
    """Orders passages by any `BaseDocumentCompressor`.

    Only its order counts: what it changes in a text is never shown, and what it leaves out stands behind the rest.
    """

    def __init__(self, compressor: "BaseDocumentCompressor", *, depth: int = DEPTH) -> None:
        self._compressor = compressor
        self.depth = depth

    def order(self, question: str, texts: Sequence[str]) -> list[int]:
        """The places of all `texts`, best first."""
        from langchain_core.documents import Document  # 0.3 s, only paid where there is a reranker

        documents = [Document(page_content=text, metadata={_PLACE: place}) for place, text in enumerate(texts)]
        found = (document.metadata.get(_PLACE) for document in self._compressor.compress_documents(documents, question))
        chosen = dict.fromkeys(place for place in found if isinstance(place, int) and 0 <= place < len(texts))
        return [*chosen, *(place for place in range(len(texts)) if place not in chosen)]
