"""ICI with chemoradiotherapy in 79 patients (seed1_scirep2025): one file for each table of the paper."""
