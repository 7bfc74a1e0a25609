-- A row is a word of a customer's name, without case and accents.
COPY (
    SELECT word, customer::UUID AS customer
    FROM (SELECT UNNEST(words) AS word, customer FROM called_rows)
    ORDER BY word, customer
) TO $file (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 50000)
