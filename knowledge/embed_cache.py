"""Rebuild the embedding cache that ships with the corpus: `python -m knowledge.embed_cache`."""

import sys
from pathlib import Path

from knowledge.asked import load_asked, sentences_asked
from knowledge.embed import SHIPPED_CACHE, CachedEmbedder, E5Embedder, EmbeddingCache
from knowledge.load import load_documents
from knowledge.split import split_document
from knowledge.unsaid import load_unsaid


def rebuild(corpus: Path, path: Path, embedder: CachedEmbedder) -> tuple[int, int]:
    """Write exactly the corpus's vectors to `path`; (texts: passages, questions, sentences; those embedded anew)."""
    texts = indexed_texts(corpus)
    missing = [t for t in dict.fromkeys(texts) if t not in embedder.cache]
    embedder.passages(texts)
    embedder.cache.keep(texts)
    embedder.cache.write(path)
    return len(texts), len(missing)


def missing_texts(corpus: Path, cache: EmbeddingCache) -> list[str]:
    """What a first start would have to embed."""
    return [t for t in indexed_texts(corpus) if t not in cache]


def indexed_texts(corpus: Path) -> list[str]:
    loaded = load_documents(corpus)
    pieces = [piece for document, body in loaded for piece in split_document(document, body)]
    asked = load_asked(corpus, [document for document, _ in loaded])
    said = [sentence for _, sentence in sentences_asked(asked, pieces)]
    return [*(piece.indexed for piece in pieces), *(question.text for question in asked), *said, *load_unsaid(corpus)]


def main() -> None:
    corpus = SHIPPED_CACHE.parent
    passages, fresh = rebuild(corpus, SHIPPED_CACHE, CachedEmbedder(E5Embedder()))
    sys.stdout.write(f"{passages} texts in {SHIPPED_CACHE.name}, {fresh} of them embedded anew.\n")


if __name__ == "__main__":
    main()
