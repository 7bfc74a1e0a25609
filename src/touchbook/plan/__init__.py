"""Strategy as code: the plan file, its meaning, its problems, and the conditions written in it."""
