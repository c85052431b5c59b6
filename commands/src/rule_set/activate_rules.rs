use super::{RuleSetRefusal, State, activation, book};
use chrono::NaiveDate;
use events::rule_set::{RuleFile, RuleSetEvent};
use rules::book::Provision;

/// Lets decisions be taken under these rules from here on. Nothing is done when they already are: the version leaves
/// comments and layout out. What was in force is never edited, for decisions were taken under it: it ends, and another
/// provision follows, for what is decided later finds a rule too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivateRules {
    /// The files.
    pub files: Vec<RuleFile>,
    /// The files of the rules that are in force; none before any are.
    pub in_force: Vec<RuleFile>,
    /// Today, in Paris.
    pub on: NaiveDate,
}

pub(super) fn decide(state: &State, command: ActivateRules) -> Result<Vec<RuleSetEvent>, RuleSetRefusal> {
    let ActivateRules { files, in_force, on } = command;
    let next = book(&files)?;
    let (version, activation) = activation(files)?;
    let Some(active) = state.active() else { return Ok(vec![activation]) };
    if active == version {
        return Ok(Vec::new());
    }
    let before = book(&in_force)?;
    if before.version() != active {
        return Err(RuleSetRefusal::Moved);
    }
    if let Some(edited) = before.edited(&next, on) {
        return Err(RuleSetRefusal::Edited { rule: edited.rule.clone(), from: edited.from, on });
    }
    match before.unfollowed(&next, on) {
        Some(Provision { rule, until: Some(until), .. }) => {
            Err(RuleSetRefusal::Unfollowed { rule: rule.clone(), until: *until })
        }
        Some(_) | None => Ok(vec![activation]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::samples::with_a_day_off;
    use crate::rule_set::{Faulty, RuleSet};
    use crate::specification::given;
    use rules::RuleBook;

    fn carried() -> Vec<RuleFile> {
        let files = RuleBook::embedded_files().iter();
        files.map(|(name, text)| RuleFile { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
    }

    fn activated(files: Vec<RuleFile>) -> RuleSetEvent {
        RuleSetEvent::RuleSetActivated { version: RuleBook::embedded().unwrap().version(), files }
    }

    #[test]
    fn rules_are_activated_with_their_text() {
        let files: Vec<_> = carried().into_iter().rev().collect();
        given::<RuleSet>([]).when(activate(files)).then([activated(carried())]);
    }

    fn activate(files: Vec<RuleFile>) -> ActivateRules {
        ActivateRules { files, in_force: carried(), on: "2026-06-01".parse().unwrap() }
    }

    #[test]
    fn what_was_in_force_is_not_edited() {
        let edited = carried()
            .into_iter()
            .map(|file| RuleFile { text: file.text.replace("max_days = 31", "max_days = 30"), ..file })
            .collect();
        let refusal = RuleSetRefusal::Edited {
            rule: "consecutive_absence".to_owned(),
            from: "1985-11-28".parse().unwrap(),
            on: "2026-06-01".parse().unwrap(),
        };
        given::<RuleSet>([activated(carried())]).when(activate(edited)).refused(refusal);
    }

    #[test]
    fn what_ends_is_followed() {
        let ended = |until: &str| {
            let first = "name = \"sick_child\"\nsource = \"Circulaire n° 1475 du 20 juillet 1982\"\nbasis = \"doctrine\"\nscope = \"national\"\nfrom = \"1982-07-20\"\n";
            let files = carried().into_iter();
            files
                .map(|file| RuleFile {
                    text: file.text.replace(first, &format!("{first}until = \"{until}\"\n")),
                    ..file
                })
                .collect()
        };
        let refusal =
            |until: &str| RuleSetRefusal::Unfollowed { rule: "sick_child".to_owned(), until: until.parse().unwrap() };
        for until in ["2026-06-01", "2026-12-31"] {
            given::<RuleSet>([activated(carried())]).when(activate(ended(until))).refused(refusal(until));
        }
    }

    #[test]
    fn rules_that_were_not_read_are_not_followed() {
        let others = ActivateRules { in_force: Vec::new(), ..activate(later()) };
        given::<RuleSet>([activated(carried())])
            .when(others)
            .refused(Faulty(RuleBook::parse([]).unwrap_err().into()).into());
        let moved = ActivateRules { in_force: later(), ..activate(later()) };
        given::<RuleSet>([activated(carried())]).when(moved.clone()).refused(RuleSetRefusal::Moved);
        assert_eq!(decide(&State::default(), moved).unwrap().len(), 1);
    }

    /// A day off that is decided from tomorrow on.
    fn later() -> Vec<RuleFile> {
        with_a_day_off("2026-06-01", "2026-06-02", "2026-07-13")
    }

    #[test]
    fn comments_change_nothing() {
        let mut files = carried();
        files[0].text.insert_str(0, "# as before\n");
        given::<RuleSet>([activated(carried())]).when(activate(files)).then([]);
    }

    #[test]
    fn a_file_that_is_no_rules_is_refused_by_its_name() {
        let mut files = carried();
        files[0].text.push_str("[[rule");
        let error = RuleBook::parse(files.iter().map(|file| (file.name.as_str(), file.text.as_str()))).unwrap_err();
        assert!(error.to_string().contains(&files[0].name));
        given::<RuleSet>([]).when(activate(files)).refused(Faulty(error.into()).into());
    }
}
