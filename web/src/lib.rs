//! The HTTP dialect that both APIs speak.
