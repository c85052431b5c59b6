//! Leave: one's own requests and balances, what waits for one's decision, who of a unit is away, the overview.
//!
//! | who | of whom | sees |
//! | --- | --- | --- |
//! | the agent | himself | everything but what he may not know of others |
//! | manager, his delegate, approver | those he decides on | requests, their words but for medical motives, balances, the unit's calendar with what is asked for |
//! | a colleague | his unit | that somebody is absent, never why |
//! | a colleague who is asked to stand in | the one he stands in for | when, and what became of it, never why |
//! | human resources | all | the same as a manager, employment, the overview, gifts of days and who declared them |
//!
//! Who left the service is none of these any more, but the agent himself.
//!
//! Sickness is shown as an absence to all but the agent and human resources. What is medical in it, its pay and that proofs
//! arrived are shown to the agent and the health officers of human resources; the proofs open for the latter alone. An
//! absence that a calendar shows granted has a type for these two only: else sickness would be what has none.

mod access;
mod indemnity;
pub(crate) mod list_calendar_feeds;
pub(crate) mod list_delegations;
pub(crate) mod list_gifts;
pub(crate) mod list_medical_proofs;
pub(crate) mod list_my_requests;
pub(crate) mod list_notices;
pub(crate) mod list_overdrafts;
pub(crate) mod list_proposed_corrections;
pub(crate) mod list_sicknesses;
pub(crate) mod list_units;
pub(crate) mod list_validations;
pub(crate) mod list_year_end_losses;
mod lots;
mod names;
mod period;
mod proof_row;
mod request_row;
pub(crate) mod show_balance;
pub(crate) mod show_calendar;
pub(crate) mod show_employment;
pub(crate) mod show_feed;
pub(crate) mod show_overview;
pub(crate) mod show_proof;
pub(crate) mod show_request;
mod sick_pay;
mod team;
mod track;
