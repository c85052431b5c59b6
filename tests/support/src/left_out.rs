//! What a test does not do on this machine.

use std::io::{self, Write};

/// Says on standard error what a test leaves out here, and why. The harness keeps back what `eprintln!` says in a test
/// that passes, and so nobody would know.
pub fn left_out(what: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "left out here: {what}");
}

#[cfg(test)]
mod tests {
    use super::left_out;
    use std::env;
    use std::process::Command;

    const SECOND: &str = "LEFT_OUT_SECOND";

    #[test]
    fn what_a_test_that_passes_leaves_out_is_told() {
        if env::var_os(SECOND).is_some() {
            return left_out("all of it: there is nothing to test");
        }
        let mut again = Command::new(env::current_exe().unwrap());
        let name = "left_out::tests::what_a_test_that_passes_leaves_out_is_told";
        let output = again.args(["--exact", name]).env(SECOND, "").output().unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), "left out here: all of it: there is nothing to test\n");
    }
}
