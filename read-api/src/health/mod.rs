//! Whether this process lives, and whether it should be sent requests.

pub(crate) mod show_live;
pub(crate) mod show_ready;
