//! What has happened: the facts, their names, their versions.
