"""Sentences on a whole study that pages and files share: each a finding with its numbers, formatted once."""
