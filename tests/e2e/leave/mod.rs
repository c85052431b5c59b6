//! Leave from outside.

mod journey;
mod law;
mod portal;
mod verify;
