"""The chapter on one treatment as people read it: a file for each block, figures, files (numbers: study/treatment)."""
