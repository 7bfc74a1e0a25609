"""Who should hear from us next, from whom, about what and why: candidates, values, prices, touches, reasons. Pure."""
