"""The queue's door: claims tasks, runs them on backends, ends them. Translates; decides nothing."""
