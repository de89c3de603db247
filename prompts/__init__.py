"""Reply patterns, one Markdown file a pattern and language, and the strict loader that reads them."""

from prompts.load import PromptError, Prompts, load_prompts

__all__ = ["PromptError", "Prompts", "load_prompts"]
