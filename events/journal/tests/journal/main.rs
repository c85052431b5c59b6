//! The journal on a real PostgreSQL: what it must hold, whoever writes and whatever breaks.

mod appending;
mod evidence;
mod order;
mod reading;
mod toy;
