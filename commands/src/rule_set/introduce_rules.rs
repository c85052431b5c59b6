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
    use crate::rule_set::{ActivateRules, RuleSet};
    use crate::specification::given;
    use esrs::Aggregate;
    use rules::RuleBook;

    fn carried() -> Vec<RuleFile> {
        let files = RuleBook::embedded_files().iter();
        files.map(|(name, text)| RuleFile { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
    }

    fn changed() -> Vec<RuleFile> {
        let one_day_off = "days = [{ on = \"2026-05-15\", name = \"Pont\" }]";
        carried()
            .into_iter()
            .map(|file| RuleFile { text: file.text.replace("days = []", one_day_off), ..file })
            .collect()
    }

    #[test]
    fn a_build_brings_its_rules_once_and_takes_none_back() {
        let introduce = IntroduceRules { files: carried() };
        let first = RuleSet::handle_command(&State::default(), introduce.clone().into()).unwrap();
        assert_eq!(first.len(), 1);
        given::<RuleSet>(first.clone()).when(introduce.clone()).then([]);
        let state = first.iter().cloned().fold(State::default(), RuleSet::apply_event);
        let second = RuleSet::handle_command(&state, ActivateRules { files: changed() }.into()).unwrap();
        let both = [first, second].concat();
        assert_eq!(both.len(), 2);
        given::<RuleSet>(both.clone()).when(introduce).then([]);
        given::<RuleSet>(both.clone()).when(ActivateRules { files: carried() }).then([both[0].clone()]);
    }
}
