"""One file a kind of place that weights come from; see ``podium_ml.weights.fetching.Place``."""
