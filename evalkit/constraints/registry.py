"""The table of constraints: built-ins by name, installed packages by entry point."""

from __future__ import annotations

from evalkit.registry import Registry

CONSTRAINTS = Registry(
    kind="constraint",
    builtins={
        "contains_all": "evalkit.constraints.keywords:ContainsAll",
        "contains_any": "evalkit.constraints.keywords:ContainsAny",
        "contains_none": "evalkit.constraints.keyword_count:ContainsNone",
        "keyword_count": "evalkit.constraints.keyword_count:KeywordCount",
        "letter_count": "evalkit.constraints.characters:LetterCount",
        "max_words": "evalkit.constraints.words:MaxWords",
        "min_words": "evalkit.constraints.words:MinWords",
        "word_count": "evalkit.constraints.words:WordCount",
        "max_sentences": "evalkit.constraints.sentences:MaxSentences",
        "sentence_count": "evalkit.constraints.sentences:SentenceCount",
        "line_count": "evalkit.constraints.layout:LineCount",
        "paragraph_count": "evalkit.constraints.layout:ParagraphCount",
        "character_count": "evalkit.constraints.characters:CharacterCount",
        "starts_with": "evalkit.constraints.edges:StartsWith",
        "ends_with": "evalkit.constraints.edges:EndsWith",
        "matches": "evalkit.constraints.pattern:Matches",
        "valid_json": "evalkit.constraints.structure:ValidJson",
        "not": "evalkit.constraints.logic:Not",
        "all_of": "evalkit.constraints.logic:AllOf",
        "any_of": "evalkit.constraints.logic:AnyOf",
    },
    group="evalkit.constraints",
)
