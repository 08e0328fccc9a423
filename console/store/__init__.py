"""The console's database: tables, migrations, one writer, and the only importer of the database library."""
