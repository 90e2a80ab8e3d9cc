"""What a design asks beside its operating characteristics: size, threshold, drift, what uncertainty costs."""
