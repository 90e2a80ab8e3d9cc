"""Who and what an answer hangs on: patients, centres, events, censoring."""
