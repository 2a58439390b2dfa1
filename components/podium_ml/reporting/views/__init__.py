"""What each section of the report shows, worked out before any markup."""
