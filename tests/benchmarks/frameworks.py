"""Questions through the dense and BM25 pipeline of another framework, in an environment of its own.

python frameworks.py llama-index|haystack PASSAGES.jsonl VECTORS.npy QUESTIONS.jsonl QUESTION-VECTORS.npy STORE
prints {"ms": [...], "store_ms": [...], "found": [[place of a passage, ...], ...]}. Nothing of the project is imported.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = (
    "llama-index-core==0.14.25", "llama-index-retrievers-bm25==0.8.0", "llama-index-vector-stores-chroma==0.6.0",
    "haystack-ai==3.4.0", "chroma-haystack==5.0.0", "chromadb==1.5.9", "kubernetes<37",
)  # fmt: skip
DEPTH, SHOWN, STEP = 24, 40, 2000
Ask = Callable[[str, list[float]], list[int]]
in_store: list[float] = []


def llama_index(texts: list[str], vectors: Any, path: Path) -> Ask:
    import chromadb
    import Stemmer
    from llama_index.core import MockEmbedding, QueryBundle, Settings, VectorStoreIndex
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.chroma import ChromaVectorStore

    Settings.llm, Settings.embed_model = None, MockEmbedding(embed_dim=384)
    collection = chromadb.PersistentClient(str(path)).get_or_create_collection(
        "passages", metadata={"hnsw:space": "cosine"}
    )
    store = ChromaVectorStore(chroma_collection=collection)
    nodes = [TextNode(id_=str(i), text=text) for i, text in enumerate(texts)]
    for start in range(collection.count(), len(nodes), STEP):
        part = nodes[start : start + STEP]
        for node, vector in zip(part, vectors[start : start + STEP].tolist(), strict=True):
            node.embedding = vector
        store.add(part)
        for node in part:
            node.embedding = None
    dense = VectorStoreIndex.from_vector_store(store).as_retriever(similarity_top_k=DEPTH)
    words = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=DEPTH, stemmer=Stemmer.Stemmer("english"), language="en"
    )
    fused = QueryFusionRetriever(
        [dense, words], similarity_top_k=SHOWN, num_queries=1, mode=FUSION_MODES.RECIPROCAL_RANK, use_async=False
    )
    return lambda text, vector: [
        int(n.node.node_id) for n in fused.retrieve(QueryBundle(query_str=text, embedding=vector))
    ]


def haystack(texts: list[str], vectors: Any, path: Path) -> Ask:
    from haystack import Document, Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.retrievers.chroma import ChromaEmbeddingRetriever
    from haystack_integrations.document_stores.chroma import ChromaDocumentStore

    store = ChromaDocumentStore("passages", persist_path=str(path), distance_function="cosine")
    documents = [Document(id=str(i), content=text) for i, text in enumerate(texts)]
    # Filled through Chroma itself: the integration's own writer manages 15 passages a second.
    filled = store.count_documents()
    for start in range(filled, len(texts), STEP):
        part = slice(start, start + STEP)
        ids = [str(start + i) for i in range(len(texts[part]))]
        store._collection.add(ids=ids, embeddings=vectors[part], documents=texts[part])
    memory = InMemoryDocumentStore()
    memory.write_documents(documents)
    pipeline = Pipeline()
    pipeline.add_component("dense", ChromaEmbeddingRetriever(document_store=store, top_k=DEPTH))
    pipeline.add_component("words", InMemoryBM25Retriever(document_store=memory, top_k=DEPTH))
    pipeline.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=SHOWN))
    pipeline.connect("dense", "join")
    pipeline.connect("words", "join")
    return lambda text, vector: [
        int(d.id)
        for d in pipeline.run({"dense": {"query_embedding": vector}, "words": {"query": text}})["join"]["documents"]
    ]


def clock_the_store() -> None:
    """Every query of a Chroma collection from here on adds its milliseconds to `in_store`."""
    from chromadb.api.models.Collection import Collection

    query = Collection.query

    def clocked(*arguments: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return query(*arguments, **named)
        finally:
            in_store.append((time.perf_counter() - begun) * 1000)

    Collection.query = clocked  # type: ignore[method-assign]


def timed(ask: Ask, questions: list[str], vectors: Any) -> dict[str, Any]:
    """The first three questions are asked once before, for whatever loads on first use."""
    ms, store_ms, found = [], [], []
    for text, vector in list(zip(questions[:3], vectors.tolist(), strict=False)):
        ask(text, vector)
    for text, vector in zip(questions, vectors.tolist(), strict=True):
        in_store.clear()
        begun = time.perf_counter()
        found.append(ask(text, vector))
        ms.append((time.perf_counter() - begun) * 1000)
        store_ms.append(sum(in_store))
    return {"ms": ms, "store_ms": store_ms, "found": found}


def main() -> None:
    name, texts, vectors, questions, asked, store = sys.argv[1:]
    words = [json.loads(line)["words"] for line in Path(texts).read_text(encoding="utf-8").splitlines()]
    clock_the_store()
    ask = {"llama-index": llama_index, "haystack": haystack}[name](words, np.load(vectors), Path(store))
    lines = [json.loads(line)["words"] for line in Path(questions).read_text(encoding="utf-8").splitlines()]
    print(json.dumps(timed(ask, lines, np.load(asked))))


if __name__ == "__main__":
    main()
