"""The page that `diva report` writes: the state of all events, and their last 90 days."""
