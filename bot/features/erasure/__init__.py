"""The end of a person's data: what goes and what stays, asked twice, then a receipt."""
