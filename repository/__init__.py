"""SQL, one class an entity. Typed frozen records out; no repository opens a transaction."""
