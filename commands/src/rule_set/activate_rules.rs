use super::{RuleSetRefusal, State, activation};
use events::rule_set::{RuleFile, RuleSetEvent};

/// Lets decisions be taken under these rules from here on. Nothing is done when they already are: the version leaves
/// comments and layout out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivateRules {
    /// The files.
    pub files: Vec<RuleFile>,
}

pub(super) fn decide(state: &State, command: ActivateRules) -> Result<Vec<RuleSetEvent>, RuleSetRefusal> {
    let (version, activation) = activation(command.files)?;
    if state.active() == Some(version) { Ok(Vec::new()) } else { Ok(vec![activation]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::RuleSet;
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
        given::<RuleSet>([]).when(ActivateRules { files }).then([activated(carried())]);
    }

    #[test]
    fn comments_change_nothing() {
        let mut files = carried();
        files[0].text.insert_str(0, "# as before\n");
        given::<RuleSet>([activated(carried())]).when(ActivateRules { files }).then([]);
    }

    #[test]
    fn a_file_that_is_no_rules_is_refused_by_its_name() {
        let mut files = carried();
        files[0].text.push_str("[[rule");
        let error = RuleBook::parse(files.iter().map(|file| (file.name.as_str(), file.text.as_str()))).unwrap_err();
        assert!(error.to_string().contains(&files[0].name));
        given::<RuleSet>([]).when(ActivateRules { files }).refused(RuleSetRefusal::Faulty(error.to_string()));
    }
}
