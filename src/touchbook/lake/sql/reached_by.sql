-- A row is an e-mail address or a phone number of a customer, in small letters.
COPY (
    SELECT LOWER(value) AS value, customer_id AS customer
    FROM identifier WHERE kind IN (SELECT kind FROM reaching_kinds)
    ORDER BY value, customer
) TO $file (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 50000)
