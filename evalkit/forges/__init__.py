"""GitHub and GitLab: comments on pull requests, one issue for what a night found, and new baselines to agree to."""
