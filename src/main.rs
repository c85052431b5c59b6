//! The portal of the municipal agents of Paris: one binary, every role.

fn main() {}
