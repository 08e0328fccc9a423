"""How long the console's own steps take, told to a collector of the hospital's, without a word about anybody."""
