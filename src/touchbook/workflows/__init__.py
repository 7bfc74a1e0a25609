"""One verb a file. A workflow checks, does, and owns its transaction; every write goes through one."""
