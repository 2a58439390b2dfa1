"""Series as a table: reading times and ids, the calendar that they follow, and rows in order."""
