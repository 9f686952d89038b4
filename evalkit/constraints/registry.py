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
        "language": "evalkit.constraints.language:Language",
        "script": "evalkit.constraints.script:Script",
        "no_first_person": "evalkit.constraints.first_person:NoFirstPerson",
        "no_emoji": "evalkit.constraints.emoji:NoEmoji",
        "no_flattery_opener": "evalkit.constraints.openers:NoFlatteryOpener",
        "no_filler_opener": "evalkit.constraints.openers:NoFillerOpener",
        "no_closing_offer": "evalkit.constraints.register:NoClosingOffer",
        "no_hedging": "evalkit.constraints.register:NoHedging",
        "no_apology": "evalkit.constraints.register:NoApology",
        "no_ai_disclaimer": "evalkit.constraints.register:NoAiDisclaimer",
        "no_role_markers": "evalkit.constraints.role_markers:NoRoleMarkers",
        "reading_grade": "evalkit.constraints.reading_grade:ReadingGrade",
        "no_repetition": "evalkit.constraints.repetition:NoRepetition",
        "no_repeated_sentences": "evalkit.constraints.repetition:NoRepeatedSentences",
        "no_repeated_lines": "evalkit.constraints.repetition:NoRepeatedLines",
        "no_prompt_copy": "evalkit.constraints.copying:NoPromptCopy",
        "no_system_leak": "evalkit.constraints.copying:NoSystemLeak",
        "similar_to": "evalkit.constraints.similarity:SimilarTo",
        "not": "evalkit.constraints.logic:Not",
        "all_of": "evalkit.constraints.logic:AllOf",
        "any_of": "evalkit.constraints.logic:AnyOf",
    },
    group="evalkit.constraints",
)
