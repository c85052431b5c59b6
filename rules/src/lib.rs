//! The law as dated data and pure functions.
