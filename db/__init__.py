"""Pool, migrations, embedded servers."""
