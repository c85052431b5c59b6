//! The whole, from outside: the real program, a real PostgreSQL, real HTTP.

mod accounts;
mod audit;
mod contract;
mod history;
mod lifecycle;
mod lockout;
mod process;
