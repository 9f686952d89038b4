"""The style of report.html: on a phone, in the dark, and on paper."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#c9d1d9;--soft:#f3f5f7;--bad:#b42318;--open:#8a5a00;
--good:#1a7f37;--bar:#7aa7d9;--mark:#ffe08a}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#3b434d;--soft:#1b222b;--bad:#ff8f85;
--open:#e3b341;--good:#56d364;--bar:#4a78ad;--mark:#6b5200}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:76rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
.verdict{border-left:.5rem solid var(--line);padding:.5rem 1rem;background:var(--soft);font-size:1.2rem}
.verdict.failed,.verdict.worse,.verdict.incomplete{border-color:var(--bad)}
.verdict.changed,.verdict.undecided{border-color:var(--open)}
.verdict.good{border-color:var(--good)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}
caption{text-align:left;padding:.25rem 0;font-weight:600}
thead th.number{white-space:normal}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:normal}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.failed,.worse,.lower{color:var(--bad)}
.undecided,.open{color:var(--open)}
.passed,.not-worse,.higher{color:var(--good)}
p.verdict{color:var(--ink)}
pre{background:var(--soft);padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere}
mark{background:var(--mark);color:inherit;outline:1px solid var(--open)}
svg{vertical-align:middle;max-width:none}
.scale{stroke:var(--line)}.interval{fill:var(--bar)}.point{fill:var(--ink)}
@media print{main{max-width:none;padding:0}.wide{overflow:visible}table{font-size:.7rem}tr,article{break-inside:avoid}
.interval,.point,mark{print-color-adjust:exact}}
"""
"""Its hash stands in the policy of the document, so that no other style is taken."""
