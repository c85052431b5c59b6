//! The dialect over real HTTP: a server on port 0, and a client that sends what clients send.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

mod app;
mod bodies;
mod documentation;
mod limits;
mod reads;
mod sessions;
mod sources;
