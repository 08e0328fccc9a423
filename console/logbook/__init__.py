"""The audit log: its tree, heads, witnesses, receipts and checks (rule X3)."""
