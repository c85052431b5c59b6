//! Rules that are activated after those that a build carries, for the tests of this module.

use events::rule_set::RuleFile;
use rules::RuleBook;

/// The rules of this build, but that the local holidays end on `until`, and from `from` on have a day off.
pub(super) fn with_a_day_off(until: &str, from: &str, day_off: &str) -> Vec<RuleFile> {
    let begins =
        "name = \"local_holidays\"\nsource = \"Décisions du maire de Paris\"\nbasis = \"city\"\nscope = \"city\"\n";
    let first = format!("{begins}from = \"1990-01-01\"\n");
    let next = format!(
        "days = []\n\n[[rule]]\n{begins}from = \"{from}\"\n\n[rule.parameters]\ndays = [{{ on = \"{day_off}\", name = \"Pont\" }}]\n"
    );
    let change =
        |text: &str| text.replace(&first, &format!("{first}until = \"{until}\"\n")).replace("days = []\n", &next);
    let files = RuleBook::embedded_files().iter();
    files.map(|(name, text)| RuleFile { name: (*name).to_owned(), text: change(text) }).collect()
}
