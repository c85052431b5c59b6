use super::{RuleSetRefusal, State, activation};
use events::rule_set::{RuleFile, RuleSetEvent};

/// Lets decisions be taken under the rules that a build carries, the first time that such a build starts. Nothing is
/// done when they were ever activated: what was activated after them stays in force, whichever build starts next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntroduceRules {
    /// The files.
    pub files: Vec<RuleFile>,
}

pub(super) fn decide(state: &State, command: IntroduceRules) -> Result<Vec<RuleSetEvent>, RuleSetRefusal> {
    let (version, activation) = activation(command.files)?;
    if state.has_known(version) { Ok(Vec::new()) } else { Ok(vec![activation]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::samples::with_a_day_off;
    use crate::rule_set::{ActivateRules, RuleSet};
    use crate::specification::given;
    use esrs::Aggregate;
    use rules::RuleBook;

    fn carried() -> Vec<RuleFile> {
        let files = RuleBook::embedded_files().iter();
        files.map(|(name, text)| RuleFile { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
    }

    #[test]
    fn a_build_brings_its_rules_once_and_takes_none_back() {
        let introduce = IntroduceRules { files: carried() };
        let first = RuleSet::handle_command(&State::default(), introduce.clone().into()).unwrap();
        assert_eq!(first.len(), 1);
        given::<RuleSet>(first.clone()).when(introduce.clone()).then([]);
        let state = first.iter().cloned().fold(State::default(), RuleSet::apply_event);
        let later = || with_a_day_off("2026-06-01", "2026-06-02", "2026-07-13");
        let on = "2026-06-01".parse().unwrap();
        let second =
            RuleSet::handle_command(&state, ActivateRules { files: later(), in_force: carried(), on }.into()).unwrap();
        let both = [first, second].concat();
        assert_eq!(both.len(), 2);
        given::<RuleSet>(both.clone()).when(introduce).then([]);
        let back = ActivateRules { files: carried(), in_force: later(), on };
        given::<RuleSet>(both.clone()).when(back).then([both[0].clone()]);
    }
}
