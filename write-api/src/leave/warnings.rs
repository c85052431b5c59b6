//! What agent and validator are told of a leave, without hindering anything.

use events::leave::{Staffing, Warning};
use rules::ledger::Leave;
use serde::Serialize;
use utoipa::ToSchema;
use web::Text;

/// One thing that speaks against a leave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Told {
    /// `short-notice`, `school-holidays-unknown`, `in-hindsight` or `understaffed`.
    code: &'static str,
    /// The same in words.
    text: Text,
    /// The staffing rules that it would break.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaches: Vec<Breach>,
}

/// A staffing rule of the unit that would be broken; by whose absence is not said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Breach {
    /// The rule's name within the unit.
    rule: String,
    /// On which half-days.
    half_days: Vec<String>,
}

pub(super) fn of(leave: &Leave) -> Vec<Told> {
    leave.warnings.iter().map(told).collect()
}

fn told(warning: &Warning) -> Told {
    let (code, text, breaches) = match warning {
        Warning::ShortNotice { due_by } => {
            let fr = format!("demandé tard : le délai de prévenance courait jusqu’au {due_by}");
            ("short-notice", Text::made(fr, format!("asked late: notice was due by {due_by}")), Vec::new())
        }
        Warning::SchoolHolidaysUnknown => {
            let text = Text::new(
                "le calendrier scolaire n’est pas publié pour ces dates : le délai avant les vacances n’a pas été vérifié",
                "the school calendar is not published for these dates: notice before the holidays was not checked",
            );
            ("school-holidays-unknown", text, Vec::new())
        }
        Warning::InHindsight => {
            let text = Text::new("demandé après le début de l’absence", "asked for after the absence had begun");
            ("in-hindsight", text, Vec::new())
        }
        Warning::Understaffed(staffing) => {
            let text = Text::new(
                "les règles d’effectif de l’unité seraient enfreintes",
                "the staffing rules of the unit would be broken",
            );
            ("understaffed", text, breaches(staffing))
        }
    };
    Told { code, text, breaches }
}

/// The rules that are broken, each with its half-days.
pub(super) fn breaches(staffing: &Staffing) -> Vec<Breach> {
    let breach = |breach: &events::leave::StaffingBreach| Breach {
        rule: breach.rule.clone(),
        half_days: breach.half_days.clone().into(),
    };
    staffing.breaches.iter().map(breach).collect()
}
