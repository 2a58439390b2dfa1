"""Reading values as people write them: numbers, dates, yes and no, texts, durations and sizes."""
