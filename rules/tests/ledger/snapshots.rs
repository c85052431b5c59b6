//! What is kept of a fold.

use crate::world::*;
use events::leave::{CounterKind, CreditCause, LeaveType};
use rules::{Employment, HalfDays, Ledger};

/// Whoever has to change this changes [`Ledger::FOLD`] too: snapshots of the old fold are still about.
#[test]
fn a_snapshot_under_this_fold() {
    let carried = counter(CounterKind::CarriedOver, 2025);
    let credited = credit(carried, HalfDays::days(2), "2026-03-02", None, CreditCause::OpeningBalance);
    let employment = agent("2020-01-01");
    let leave = granted(&Ledger::default(), 1, LeaveType::Paternity, days("2026-06-10", "2026-06-10"), &employment);
    let state = serde_json::to_value(Ledger::default().after(&credited).after(&leave)).unwrap();

    assert_eq!(Ledger::FOLD, 10);
    assert_eq!(
        state,
        serde_json::json!({
            "leaves": {
                "00000000-0000-0000-0000-000000000001": {
                    "leave_type": "paternity",
                    "period": {
                        "start": {"date": "2026-06-10", "half": "AM"},
                        "end": {"date": "2026-06-10", "half": "PM"},
                    },
                    "charges": [{"counter": null, "half_days": ["2026-06-10"], "available": null}],
                    "asked": 2,
                    "rules": book().version(),
                    "unit": null,
                    "revision": 0,
                    "warnings": [],
                    "occasion": null,
                    "status": "granted",
                    "released": [],
                    "declined": [],
                    "cancellation": null,
                    "replacement": null,
                    "route": [],
                }
            },
            "sicknesses": {},
            "movements": [{
                "counter": "carried-over:2025",
                "way": "In",
                "half_days": 4,
                "from": "2026-03-02",
                "until": null,
                "origin": {
                    "from": "decision",
                    "credit": "00000000-0000-0000-0000-000000000007",
                    "cause": "opening-balance",
                },
            }],
            "proofs": [],
            "time_savings_since": null,
            "time_savings_split": [],
            "gifts": {},
            "announced": {},
            "overdrawn": {},
            "founded": [],
        })
    );
}

/// As for the ledger, with [`Employment::FOLD`].
#[test]
fn a_snapshot_of_an_employment_under_this_fold() {
    assert_eq!(Employment::FOLD, 1);
    assert_eq!(
        serde_json::to_value(agent("2020-01-01")).unwrap(),
        serde_json::json!({
            "entries": ["2020-01-01"],
            "exits": [],
            "statuses": {},
            "categories": {},
            "titles": {},
            "units": {},
            "managers": {},
            "working_times": {
                "2020-01-01": {"quota": 10000, "full_time_week": "39h", "annualised": false},
            },
            "patterns": {"2020-01-01": {"anchor": "1969-12-29", "halves": FULL}},
        })
    );
}
