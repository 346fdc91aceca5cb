"""Tests of products that sell seldom: rates from counts, levels of few large orders."""
