"""Buying tokens: what there is, the invoice, the last word before the payment, the payment, and those of before."""
