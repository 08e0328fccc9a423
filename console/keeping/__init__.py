"""How long things are kept: day keys, holds, destruction and copies (rules R1, R2, I1)."""
