-- A row is an e-mail address or a phone number of a customer, in small letters.
COPY (
    SELECT customer_id AS customer, LOWER(value) AS value
    FROM identifier WHERE kind IN (SELECT kind FROM reaching_kinds)
    ORDER BY value
) TO $file (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 50000)
