"""The patient's side: their page, their ledger of looks, their complaints and copies (chapter S)."""
