"""The passbook of a customer."""
