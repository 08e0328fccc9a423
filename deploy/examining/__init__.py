"""What `hushward doctor` looks at on a machine of a ward; each check is a function whose every source can be given."""
