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
        "valid_xml": "evalkit.constraints.xml_text:ValidXml",
        "valid_yaml": "evalkit.constraints.yaml_text:ValidYaml",
        "json_schema": "evalkit.constraints.json_schema:JsonSchema",
        "json_field": "evalkit.constraints.json_values:JsonField",
        "choice": "evalkit.constraints.choice:Choice",
        "links": "evalkit.constraints.links:Links",
        "citations": "evalkit.constraints.citations:Citations",
        "placeholders": "evalkit.constraints.placeholders:Placeholders",
        "no_placeholders": "evalkit.constraints.placeholders:NoPlaceholders",
        "has_title": "evalkit.constraints.frame:HasTitle",
        "has_postscript": "evalkit.constraints.frame:HasPostscript",
        "sections": "evalkit.constraints.frame:Sections",
        "in_quotes": "evalkit.constraints.frame:InQuotes",
        "headings": "evalkit.constraints.headings:Headings",
        "list_items": "evalkit.constraints.blocks:ListItems",
        "block_quotes": "evalkit.constraints.blocks:BlockQuotes",
        "horizontal_rules": "evalkit.constraints.blocks:HorizontalRules",
        "table": "evalkit.constraints.blocks:Table",
        "code_blocks": "evalkit.constraints.code:CodeBlocks",
        "emphasis": "evalkit.constraints.emphasis:Emphasis",
        "no_markdown": "evalkit.constraints.emphasis:NoMarkdown",
        "not": "evalkit.constraints.logic:Not",
        "all_of": "evalkit.constraints.logic:AllOf",
        "any_of": "evalkit.constraints.logic:AnyOf",
    },
    group="evalkit.constraints",
)
