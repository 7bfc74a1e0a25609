"""The tables as Parquet, one folder a table, grown by arrival number; and the engine that runs SQL over them."""
