"""Reading values as people write them: numbers, dates, booleans, texts, durations and sizes."""
