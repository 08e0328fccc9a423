"""The ward console: messages become records, rules decide, people read."""
