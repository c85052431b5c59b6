//! A database a test on a real PostgreSQL.
