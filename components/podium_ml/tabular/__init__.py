"""Problems whose rows are the rows of one table."""
