"""Tests of the page that `diva report` writes."""
