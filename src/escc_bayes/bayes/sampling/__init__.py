"""What every engine takes and returns: settings, draws, diagnostics."""
