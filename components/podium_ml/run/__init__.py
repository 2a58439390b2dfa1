"""The run as it goes on: its time, its threads, its events and notifications."""
