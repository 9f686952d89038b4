"""The table of report formats."""

from __future__ import annotations

from evalkit.registry import Registry

WRITERS = Registry(
    kind="report format",
    builtins={
        "json": "evalkit.reports.json_report:JsonWriter",
        "md": "evalkit.reports.markdown:MarkdownWriter",
        "html": "evalkit.reports.html:HtmlWriter",
        "comment": "evalkit.reports.comment:CommentWriter",
        "junit": "evalkit.reports.junit:JunitWriter",
        "csv": "evalkit.reports.csv_report:CsvWriter",
        "constraints": "evalkit.reports.csv_report:ConstraintsWriter",
        "comparison": "evalkit.reports.csv_report:ComparisonWriter",
        "verdicts": "evalkit.reports.verdicts:VerdictsWriter",
    },
    group="evalkit.reports",
)
