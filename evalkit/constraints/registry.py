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
        "token_count": "evalkit.constraints.token_count:TokenCount",
        "starts_with": "evalkit.constraints.edges:StartsWith",
        "ends_with": "evalkit.constraints.edges:EndsWith",
        "appears_in": "evalkit.constraints.positions:AppearsIn",
        "part_starts_with": "evalkit.constraints.positions:PartStartsWith",
        "in_order": "evalkit.constraints.ordering:InOrder",
        "sorted_list": "evalkit.constraints.ordering:SortedList",
        "all_uppercase": "evalkit.constraints.letter_case:AllUppercase",
        "all_lowercase": "evalkit.constraints.letter_case:AllLowercase",
        "capital_word_count": "evalkit.constraints.letter_case:CapitalWordCount",
        "no_punctuation": "evalkit.constraints.punctuation:NoPunctuation",
        "numbers_within": "evalkit.constraints.numbers:NumbersWithin",
        "number_count": "evalkit.constraints.numbers:NumberCount",
        "matches": "evalkit.constraints.pattern:Matches",
        "valid_json": "evalkit.constraints.structure:ValidJson",
        "not": "evalkit.constraints.logic:Not",
        "all_of": "evalkit.constraints.logic:AllOf",
        "any_of": "evalkit.constraints.logic:AnyOf",
    },
    group="evalkit.constraints",
)
