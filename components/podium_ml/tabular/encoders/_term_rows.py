"""Rows of terms: a sparse matrix that is as long as it has rows, as all encoded rows are."""

from scipy.sparse import csr_matrix


class TermRows(csr_matrix):  # type: ignore[misc]
    """A CSR matrix whose length is its number of rows."""

    def __len__(self) -> int:
        return int(self.shape[0])
