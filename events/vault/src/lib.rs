//! The keys that seal personal data, and their destruction.
