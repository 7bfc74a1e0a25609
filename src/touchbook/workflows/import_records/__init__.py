"""Import moments, customers, outcomes and answers from CSV and Parquet files."""
