"""From a person's photos to a model of them: leave, sets of photos, the training, and what its end means."""
