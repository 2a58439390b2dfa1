"""The content of each report section, computed before any markup."""
