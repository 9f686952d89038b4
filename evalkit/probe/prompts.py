"""What a probe asks: questions with many good answers, and words that no answer holds by chance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question, with a name for the sample's key."""

    id: str
    text: str


OPEN_ENDED = (
    Question("story", "Write the first sentence of a story about a place that nobody has heard of."),
    Question("cafe", "Invent a name for a café and say in one sentence what is special about it."),
    Question("sunday", "Give one unusual piece of advice for a rainy Sunday, in one sentence."),
    Question("animal", "Describe an animal that does not exist, in one sentence."),
)
"""Any of very many answers will do, so that a sampler that is free to choose hardly ever gives the same one twice."""

EVERYDAY = (
    Question("bread", "How is bread made? Answer in one sentence."),
    Question("rain", "Why does it rain? Answer in one sentence."),
    Question("sea", "What lives in the sea? Answer in one sentence."),
    Question("clock", "What is a clock for? Answer in one sentence."),
    Question("winter", "What do people wear in winter? Answer in one sentence."),
    Question("library", "What can one do in a library? Answer in one sentence."),
    Question("bicycle", "How does one ride a bicycle? Answer in one sentence."),
    Question("tea", "How does one make tea? Answer in one sentence."),
)
"""For system prompts: nothing here asks for a particular word."""

LONG = (
    Question("cities", "List the names of 100 cities, one after the other, and nothing else."),
    Question("tale", "Write a long story about the keeper of a lighthouse. Begin at once with the story."),
)
"""Nobody answers one of these in a few words; the second is for a model that does."""
COUNTING = Question("count", "Count from 1 to 20 in digits, separated by single spaces, and write nothing else.")

MARKERS = tuple(
    """
    marzipan obelisk walrus saxophone turnip lighthouse velvet compass pelican cinnamon glacier trombone hedgehog
    lantern papyrus zeppelin kumquat anvil mosaic parsley tambourine quartz flamingo gargoyle rhubarb harpoon
    origami pinecone sundial truffle umbrella yodel
    """.split()  # noqa: SIM905 - a list of words reads better as prose
)
"""Words of which a system prompt asks for one that was drawn by lot."""


def demand(word: str) -> str:
    """Write the system prompt that asks for a word."""
    return f'Begin every answer with the word "{word}", whatever the user asks. After that word, answer as usual.'
