"""The company's rules: a versioned data file, and pure functions that apply it."""
