"""The table of constraints: built-ins by name, installed packages by entry point."""

from __future__ import annotations

from evalkit.registry import Registry

CONSTRAINTS = Registry(
    kind="constraint",
    builtins={
        "contains_all": "evalkit.constraints.keywords:ContainsAll",
        "contains_any": "evalkit.constraints.keywords:ContainsAny",
        "max_words": "evalkit.constraints.words:MaxWords",
        "min_words": "evalkit.constraints.words:MinWords",
        "max_sentences": "evalkit.constraints.sentences:MaxSentences",
        "starts_with": "evalkit.constraints.edges:StartsWith",
        "ends_with": "evalkit.constraints.edges:EndsWith",
        "matches": "evalkit.constraints.pattern:Matches",
        "valid_json": "evalkit.constraints.structure:ValidJson",
        "not": "evalkit.constraints.logic:Not",
        "all_of": "evalkit.constraints.logic:AllOf",
        "any_of": "evalkit.constraints.logic:AnyOf",
        "ifeval_contains_all": "evalkit.constraints.ifeval.keywords:IfevalContainsAll",
        "ifeval_keyword_count": "evalkit.constraints.ifeval.keywords:IfevalKeywordCount",
        "ifeval_contains_none": "evalkit.constraints.ifeval.keywords:IfevalContainsNone",
        "ifeval_letter_count": "evalkit.constraints.ifeval.keywords:IfevalLetterCount",
        "ifeval_language": "evalkit.constraints.ifeval.language:IfevalLanguage",
        "ifeval_sentence_count": "evalkit.constraints.ifeval.length:IfevalSentenceCount",
        "ifeval_paragraph_count": "evalkit.constraints.ifeval.length:IfevalParagraphCount",
        "ifeval_word_count": "evalkit.constraints.ifeval.length:IfevalWordCount",
        "ifeval_paragraph_first_word": "evalkit.constraints.ifeval.length:IfevalParagraphFirstWord",
        "ifeval_placeholders": "evalkit.constraints.ifeval.content:IfevalPlaceholders",
        "ifeval_postscript": "evalkit.constraints.ifeval.content:IfevalPostscript",
        "ifeval_bullets": "evalkit.constraints.ifeval.form:IfevalBullets",
        "ifeval_yes_no_maybe": "evalkit.constraints.ifeval.content:IfevalYesNoMaybe",
        "ifeval_highlights": "evalkit.constraints.ifeval.form:IfevalHighlights",
        "ifeval_sections": "evalkit.constraints.ifeval.form:IfevalSections",
        "ifeval_json": "evalkit.constraints.ifeval.form:IfevalJson",
        "ifeval_title": "evalkit.constraints.ifeval.content:IfevalTitle",
        "ifeval_two_responses": "evalkit.constraints.ifeval.whole:IfevalTwoResponses",
        "ifeval_repeats_prompt": "evalkit.constraints.ifeval.whole:IfevalRepeatsPrompt",
        "ifeval_ends_with": "evalkit.constraints.ifeval.whole:IfevalEndsWith",
        "ifeval_quoted": "evalkit.constraints.ifeval.whole:IfevalQuoted",
        "ifeval_english_capitals": "evalkit.constraints.ifeval.language:IfevalEnglishCapitals",
        "ifeval_english_lowercase": "evalkit.constraints.ifeval.language:IfevalEnglishLowercase",
        "ifeval_capital_words": "evalkit.constraints.ifeval.capitals:IfevalCapitalWords",
        "ifeval_no_comma": "evalkit.constraints.ifeval.content:IfevalNoComma",
    },
    group="evalkit.constraints",
)
