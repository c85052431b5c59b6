//! A command line that cannot be read: in French first, then what clap says of it in English.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::io::{self, Write};
use std::process::ExitCode;

/// Says why, or shows the help that was asked for, and gives the process's code.
pub fn misread(error: &Error) -> ExitCode {
    if error.use_stderr() {
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(io::stderr(), "intraparis: {}", french(error));
    }
    let _ = error.print();
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// What is wrong, without the values, which clap quotes.
fn french(error: &Error) -> String {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(name)) => format!(" : {name}"),
        Some(ContextValue::Strings(names)) if !names.is_empty() => format!(" : {}", names.join(", ")),
        _ => String::new(),
    };
    let argument = named(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("valeur refusée{argument}"),
        ErrorKind::UnknownArgument => format!("argument inconnu{argument}"),
        ErrorKind::InvalidSubcommand => format!("commande inconnue{}", named(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("argument manquant{argument}"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "commande manquante".to_owned()
        }
        ErrorKind::ArgumentConflict => format!("arguments qui ne vont pas ensemble{argument}"),
        ErrorKind::NoEquals | ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("nombre de valeurs inattendu{argument}")
        }
        ErrorKind::InvalidUtf8 => "un argument n’est pas de l’UTF-8".to_owned(),
        _ => "la ligne de commande n’est pas comprise".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Arguments;
    use clap::Parser;

    #[test]
    fn what_is_wrong_with_a_command_line_is_said_in_french_with_the_argument_and_without_the_value() {
        for (line, said) in [
            ("", "commande manquante"),
            ("nothing", "commande inconnue : nothing"),
            ("audit", "commande manquante"),
            ("audit verify --nothing", "argument inconnu : --nothing"),
            ("audit simulate --failures hunter2", "valeur refusée : --failures <FAILURES>"),
            ("audit simulate --failures", "valeur refusée : --failures <FAILURES>"),
            ("audit verify --position 1", "argument manquant : --root <ROOT>"),
            (
                "audit replay --name a --account 00000000-0000-0000-0000-000000000000",
                "arguments qui ne vont pas ensemble",
            ),
            ("audit replay --after -1", "valeur refusée : --after <AFTER>"),
            ("audit verify --position -1", "valeur refusée : --position <POSITION>"),
        ] {
            let arguments = std::iter::once("intraparis").chain(line.split_whitespace());
            let told = french(&Arguments::try_parse_from(arguments).unwrap_err());
            assert!(told.starts_with(said), "{line}: {told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}
